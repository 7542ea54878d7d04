import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { hasQuota } from '#server/fleet/drivers/bubblewrap/test-limits.ts'
import { openVolume, removeVolume } from './volume.ts'
import type { VolumeSpec } from './volume.ts'

const enforced = await hasQuota()
const MOMENTS_MS = Array.from({ length: 24 }, (_, index) => index * 3)

/** A server of its own: says when it makes the disk, and waits to be killed. */
const serverProgram = (spec: VolumeSpec) => `
  import { openVolume } from ${JSON.stringify(new URL('./volume.ts', import.meta.url).href)}
  console.log('begins')
  await openVolume(${JSON.stringify(spec)})
  setInterval(() => {}, 1e6)`

/** Ends it, or with it all that it started, so long after it began to make the disk. */
async function killAfter(ms: number, spec: VolumeSpec, isWhole: boolean): Promise<void> {
  const server = spawn(process.execPath, ['--input-type=module', '-e', serverProgram(spec)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  await once(server.stdout, 'data')
  await pause(ms)
  const exit = once(server, 'exit')
  process.kill(isWhole ? -(server.pid ?? 0) : (server.pid ?? 0), 'SIGKILL')
  await exit
}

async function mountsAt(path: string): Promise<number> {
  const table = await readFile('/proc/self/mountinfo', 'utf8')
  return table.split('\n').filter((line) => line.split(' ')[4] === path).length
}

it.skipIf(!enforced)(
  'a disk is whole and there once, whenever the server that made it was killed',
  { timeout: 120_000 },
  async () => {
    const uid = process.getuid?.() ?? 0
    for (const isWhole of [false, true]) {
      for (const ms of MOMENTS_MS) {
        const home = await mkdtemp(join(tmpdir(), 'volume-'))
        const spec = { home, uid, bytes: 16_777_216, root: true }
        await killAfter(ms, spec, isWhole)
        const volume = await openVolume(spec)
        expect(volume.unbounded, `after ${ms} ms`).toBeUndefined()
        expect(await readdir(volume.path), `after ${ms} ms`).toEqual([])
        await writeFile(join(volume.path, 'a'), 'text')
        expect(await mountsAt(volume.path), `after ${ms} ms`).toBe(1)
        await removeVolume(home)
        await rm(home, { recursive: true, force: true })
      }
    }
  },
)

it('a disk that was never made is removed without a trace', async () => {
  const home = join(tmpdir(), `volume-${process.pid}-none`)
  await removeVolume(home)
  await expect(lstat(home)).rejects.toThrow('ENOENT')
})
