// Fetches bubblewrap from the machine's own package source without root: the package is unpacked, never installed.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '#dsl/fault.ts'
import { runTool } from '#server/fleet/volume/run.ts'
import { openPlace, placeOf } from '#server/fleet/place/place.ts'
import { TOOLS } from './probe.ts'

/** Unpacks it below the data directory, where the driver looks. Faults: unavailable, with what apt or dpkg said. */
export async function fetchBubblewrap(dataDir: string): Promise<void> {
  const place = placeOf(dataDir, process.getuid?.() === 0)
  await openPlace(place, dataDir)
  const folder = await mkdtemp(join(tmpdir(), 'bubblewrap-'))
  try {
    await must('apt-get', ['download', 'bubblewrap'], folder)
    const [deb = ''] = await readdir(folder)
    await must('dpkg-deb', ['-x', join(folder, deb), join(place.path, TOOLS)], folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function must(program: string, args: readonly string[], cwd: string): Promise<void> {
  const { ok, stderr } = await runTool(program, args, cwd)
  if (!ok) throw new Fault('unavailable', `${program} could not fetch bubblewrap: ${stderr.trim()}`)
}
