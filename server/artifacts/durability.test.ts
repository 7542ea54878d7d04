import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { startPostgres } from '#server/store/embedded.ts'
import { createSecrets } from '#server/redact/secrets.ts'
import { openStore } from '#server/store/store.ts'
import { createArtifacts } from './artifacts.ts'
import { bytesOf } from './blob-store-contract.ts'
import { openBlobs } from './open-blobs.ts'
import { sweep } from './retention.ts'
import { artifactText, logBytes } from './test-writer-text.ts'

const WRITER = fileURLToPath(new URL('./test-writer.ts', import.meta.url))
const KILLS = 12

/** Lets a writer get `lines` answers, kills it, and returns what it had said by then. */
async function writeUntilKilled(url: string, dir: string, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [WRITER, url, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const said: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line)
    if (said.length === lines) child.kill('SIGKILL')
  }
  expect(await ended).toEqual([null, 'SIGKILL'])
  return said
}

it('whatever moment its process is killed at, no byte of a log is lost or doubled and every artifact is whole', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'chispart-keep-'))
  const postgres = await startPostgres({ dataDir: dir, log: () => undefined })
  const store = await openStore(postgres)
  const kept = openBlobs(dir, undefined)
  const now = () => new Date()
  const artifacts = createArtifacts({
    ...kept,
    store,
    redactor: createSecrets().redactor,
    key: Buffer.from('a secret of the server, for tests only'),
    ownerOf: () => Promise.resolve('ana'),
    audit: { record: () => undefined, close: () => Promise.resolve() },
    log: pino({ level: 'silent' }),
  })
  try {
    const said: string[] = []
    for (let n = 0; n < KILLS; n++)
      said.push(...(await writeUntilKilled(postgres.url, dir, 1 + ((n * 7) % 23))))

    const mine = artifacts.powerFor('ana', '')
    const log = await artifacts.keeper.log({ run: 'r1', instance: 'build', attempt: 1 })
    const settled = said.filter((line) => line.startsWith('log ')).map((line) => Number(line.slice(4)))
    expect(settled.length).toBeGreaterThan(KILLS)
    expect(log.length).toBeGreaterThanOrEqual(Math.max(...settled))
    await log.close()
    let text = ''
    while (text.length < log.length) text += (await mine.log('r1', 'build', { offset: text.length })).text
    expect(text === logBytes(0, log.length).toString()).toBe(true)

    const listed = (await mine.list('r1')).filter(({ kind }) => kind === 'file')
    const names = new Set(said.filter((line) => line.startsWith('file ')))
    expect(names.size).toBeGreaterThan(3)
    for (const name of names) expect(listed.map((one) => one.name)).toContain(name)
    for (const one of listed)
      expect((await bytesOf(kept.blobs, one)).equals(artifactText(Number(one.name.slice(5))))).toBe(true)

    const tomorrow = () => new Date(now().getTime() + 25 * 3_600_000)
    await sweep({ ...kept, store, now: tomorrow }, new AbortController().signal)
    expect(await readdir(join(dir, 'artifacts/staging'))).toEqual([])
    const used = new Set((await mine.list('r1')).map(({ sha256 }) => sha256))
    for await (const { sha256 } of kept.blobs.list()) expect(used).toContain(sha256)
  } finally {
    await artifacts.close()
    await store.close()
    await postgres.stop()
    await rm(dir, { recursive: true })
  }
}, 120_000)
