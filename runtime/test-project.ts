// A project of a few files on disk, and an op that is called in it with real powers. Only tests use it.
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { findOp } from '#dsl/catalog.ts'
import { perform } from '#dsl/perform.ts'
import { powersFor } from './grant.ts'

const never = new AbortController().signal
const folders: string[] = []

/** Deletes every project of the test. */
export async function removeProjects(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
}

export interface Called {
  readonly home: string
  readonly output: Record<string, unknown>
  /** What the op printed. */
  readonly text: string
}

/** Calls the op in a new project that has this repository's packages, on a plan of these commands. */
export async function callIn(
  files: Readonly<Record<string, string>>,
  commands: readonly string[],
  name: string,
  input: object = {},
): Promise<Called> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'project-')))
  folders.push(home)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, path)), { recursive: true })
    await writeFile(join(home, path), text)
  }
  await install(home)
  const env = {
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    HOME: home,
  }
  const place = { jail: { roots: [home], home }, terminals: new Map(), env }
  const grant = { plan: 'test', commands: [...commands], terminals: false }
  const channel = {
    sendBinary: () => true,
    room: () => undefined,
    news: () => undefined,
    sinks: new Map(),
  }
  const op = findOp(name)
  if (op === undefined) throw new Error(`no ${name}`)
  const powers = await powersFor(place, { grant, signal: never, channel, nextStream: () => 1 }, op.needs)
  let text = ''
  const output = await perform(op, powers, input, async (event) => {
    text += (event as { data: string }).data
  })
  return { home, output, text }
}

/** What `npm ci` would put there: packages, and their programs in a folder of the project's own. */
async function install(home: string): Promise<void> {
  await mkdir(join(home, 'node_modules/.bin'), { recursive: true })
  for (const name of ['vitest', 'eslint']) {
    await symlink(resolve('node_modules', name), join(home, 'node_modules', name))
    await symlink(resolve('node_modules/.bin', name), join(home, 'node_modules/.bin', name))
  }
}
