// Which server of the database this is: an id that stays with its data directory. It holds no secret.
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'

const FILE = 'host.id'

/** Made at the first start. Faults: invalid (the file holds something else). */
export async function ownHost(dataDir: string): Promise<string> {
  return (await hostOf(dataDir)) ?? makeHost(dataDir)
}

/** Undefined when no server has been started on this directory. Faults: invalid. */
export async function hostOf(dataDir: string): Promise<string | undefined> {
  const text = await readFile(join(dataDir, FILE), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { data } = z.uuid().safeParse(text.trim())
  if (data !== undefined) return data
  throw new Fault('invalid', `${join(dataDir, FILE)} holds no id of a server. Put its copy back.`)
}

async function makeHost(dataDir: string): Promise<string> {
  const id = randomUUID()
  await writeFile(join(dataDir, FILE), `${id}\n`, { mode: 0o600, flag: 'wx' })
  return id
}
