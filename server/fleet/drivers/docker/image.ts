// The image of every sandbox: the base that infra/docker/sandbox.Dockerfile makes, and on it the runtime of this very
// server. It holds no secret, and nothing in it is writable once it runs.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { Readable } from 'node:stream'
import type { ImageInspectInfo } from 'dockerode'
import { pack } from 'tar-stream'
import { accountsOf, NAMES } from '#server/fleet/place/accounts.ts'
import { type Engine, inTime, statusOf, unavailable, within } from './engine.ts'

/** Label of what a server made: its tag. */
export const LABEL = 'chispart.server'

/** uid of every sandbox on an engine that shares no files with this server; others are shown names of their own. */
export const FAR_UID = 10_001

/** A program of its own, with types that Node leaves out. */
const TUNNEL_SOURCE = join(import.meta.dirname, '../../../../runtime/tunnel.ts')
const BUILD_MS = 300_000
const REMEDY = 'docker build -t chispart-sandbox -f infra/docker/sandbox.Dockerfile infra/docker'

export interface ImageSpec {
  /** Name of the base. */
  readonly base: string
  /** Names this server's images among others of the engine. */
  readonly tag: string
  readonly runtimeDir: string
  /** Name below /etc → text. */
  readonly etc: Readonly<Record<string, string>>
}

type Files = ReadonlyMap<string, Buffer>

/** Builds it when its parts are new, and forgets the ones before it. Faults: unavailable. */
export async function makeImage(engine: Engine, spec: ImageSpec): Promise<string> {
  const base = await imageOf(engine, spec.base)
  if (base === undefined)
    throw unavailable({ problem: `The engine has no image "${spec.base}".`, remedy: REMEDY })
  // Each would be a directory of the host's that a sandbox may write without an end.
  const volumes = Object.keys((base.Config.Volumes as object | null | undefined) ?? {})
  if (volumes.length > 0)
    throw unavailable({
      problem: `The image "${spec.base}" declares volumes (${volumes.join(', ')}), which have no size.`,
      remedy: REMEDY,
    })
  const recipe = `FROM ${spec.base}\nCOPY root/ /\n`
  const files = await filesOf(spec)
  const name = `chispart-sandbox-${spec.tag}:${digest([base.Id, recipe], files)}`
  if ((await imageOf(engine, name)) === undefined) await build(engine, name, spec.tag, recipe, files)
  await forgetOthers(engine, spec.tag, name)
  return name
}

/** Removes the images of one server; those in use stay. */
async function forgetOthers(engine: Engine, tag: string, kept: string): Promise<void> {
  const filters = { label: [`${LABEL}=${tag}`] }
  const images = await engine.listImages({ filters, ...within() })
  for (const name of images.flatMap(({ RepoTags }) => RepoTags ?? [])) {
    if (name === kept || name.endsWith(`/${kept}`)) continue
    await engine
      .getImage(name)
      .remove(within())
      // A sandbox that still runs keeps the version it started with.
      .catch(() => undefined)
  }
}

/** Undefined when the engine has none of that name. */
export async function imageOf(engine: Engine, name: string): Promise<ImageInspectInfo | undefined> {
  try {
    return await inTime(engine.getImage(name).inspect())
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}

async function filesOf({ runtimeDir, etc }: ImageSpec): Promise<Files> {
  const files = new Map<string, Buffer>()
  for (const path of await filesBelow(runtimeDir))
    files.set(`opt/chispart/runtime/${relative(runtimeDir, path)}`, await readFile(path))
  files.set('opt/chispart/tunnel.mts', await readFile(TUNNEL_SOURCE))
  const texts = { ...etc, ...accountsOf(FAR_UID), 'nsswitch.conf': NAMES }
  for (const [name, text] of Object.entries(texts)) files.set(`etc/${name}`, Buffer.from(text))
  return files
}

async function filesBelow(directory: string): Promise<string[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true })
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function digest(texts: readonly string[], files: Files): string {
  const hash = createHash('sha256').update(JSON.stringify(texts))
  for (const [name, bytes] of files) hash.update(`\0${name}\0${bytes.length}\0`).update(bytes)
  return hash.digest('hex').slice(0, 12)
}

async function build(engine: Engine, name: string, tag: string, recipe: string, files: Files): Promise<void> {
  const context = pack()
  context.entry({ name: 'Dockerfile' }, recipe)
  for (const [path, bytes] of files) context.entry({ name: `root/${path}`, mode: modeOf(path) }, bytes)
  context.entry({ name: 'root/repo', type: 'symlink', linkname: 'work/app' })
  context.finalize()
  const options = {
    t: name,
    labels: { [LABEL]: tag },
    networkmode: 'none',
    forcerm: true,
    ...within(BUILD_MS),
  }
  await followed(engine, await engine.buildImage(Readable.from(context), options))
}

/** Resolves when what the engine reports of has ended well. */
export async function followed(engine: Engine, progress: NodeJS.ReadableStream): Promise<void> {
  await new Promise<void>((done, fail) => {
    engine.modem.followProgress(progress, (error: Error | null, lines: readonly { error?: string }[]) => {
      const refusal = lines.find((line) => line.error !== undefined)?.error
      if (error === null && refusal === undefined) return done()
      fail(error ?? new Error(refusal))
    })
  })
}

/** node-pty brings a program of its own on some platforms. */
function modeOf(path: string): number {
  return /\/(spawn-helper|[^/]+\.node)$/.test(path) ? 0o755 : 0o644
}
