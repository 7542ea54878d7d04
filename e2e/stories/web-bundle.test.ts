// What is sent to a browser: it holds nothing of Node or of the server.
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from '#e2e/stage/command.ts'

const WEB = join(ROOT, 'dist/web')

it.runIf(existsSync(WEB))('holds no import of Node, no source map and no path of this machine', async () => {
  const files = (await readdir(WEB, { recursive: true })).filter((name) => /\.(js|css|html)$/.test(name))
  expect(files.length).toBeGreaterThan(2)
  expect((await readdir(WEB, { recursive: true })).filter((name) => name.endsWith('.map'))).toEqual([])
  for (const file of files) {
    const text = await readFile(join(WEB, file), 'utf8')
    expect([file, /\b(?:from|import|require)\s*\(?\s*["'`]node:/.exec(text)?.[0]]).toEqual([file, undefined])
    expect([file, /__vite-browser-external/.exec(text)?.[0]]).toEqual([file, undefined])
    expect([file, text.includes(ROOT)]).toEqual([file, false])
  }
})

it.runIf(existsSync(WEB))('has no inline script, which its policy would refuse', async () => {
  const page = await readFile(join(WEB, 'index.html'), 'utf8')
  expect(page.match(/<script(?![^>]*\ssrc=)[^>]*>/g)).toBeNull()
  expect(page.match(/\son\w+=/g)).toBeNull()
})
