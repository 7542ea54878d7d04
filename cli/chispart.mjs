#!/usr/bin/env node
// The command itself: finds a Node that runs TypeScript (24 or newer, or Bun) and hands over to the bundle, or to the
// source where that is newer. Plain JavaScript for Node 20.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import * as modules from 'node:module'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE_LEAST = 24
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SELF = fileURLToPath(import.meta.url)
const BUNDLE = join(ROOT, 'dist', 'cli')
const SOURCES = ['cli', 'dsl'].map((name) => join(ROOT, name))
const PACKAGED = join(ROOT, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')

if (process.versions.bun || Number(process.versions.node.split('.')[0]) >= NODE_LEAST) await run()
else if (existsSync(PACKAGED)) handOver()
else {
  process.stderr.write(
    `chispart needs Node ${NODE_LEAST} or newer; this is ${process.versions.node}. ` +
      'In a checkout `npm ci` brings one; elsewhere install it.\n',
  )
  process.exitCode = 69
}

async function run() {
  // The compiled bundle is kept in the temporary directory, so that the next start need not compile it.
  modules.enableCompileCache?.()
  await import(isFresh() ? `file://${join(BUNDLE, 'main.js')}` : './main.ts')
}

/** Whether no source of the bundle is newer than it. One that still fits is touched by the bootstrap. */
function isFresh() {
  const built = statSync(BUNDLE, { throwIfNoEntry: false })?.mtimeMs
  return built !== undefined && SOURCES.every((folder) => newest(folder) <= built)
}

function newest(folder) {
  const entries = readdirSync(folder, { recursive: true }).filter((name) => !/\.(test\.ts|mjs)$/.test(name))
  return Math.max(...entries.map((name) => statSync(join(folder, name)).mtimeMs))
}

function handOver() {
  const child = spawn(PACKAGED, [SELF, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])
    process.on(signal, () => {
      // A terminal signals its whole foreground group, so the child has a Ctrl-C already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  child.once('error', (error) => {
    process.stderr.write(`${PACKAGED} does not start: ${error.message}\n`)
    process.exitCode = 69
  })
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal]
  })
}
