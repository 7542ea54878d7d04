// Carries the files that a step declares out of its workspace and into the store of artifacts. It never holds a whole one.
import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { Fault } from '#dsl/fault.ts'
import { REPOSITORY } from '#dsl/repository.ts'
import type { Scope } from '#dsl/workflow/expression/ast.ts'
import type { Artifact } from '#dsl/workflow/model.ts'
import type { Keeper, NewArtifact } from '#server/artifacts/keeper.ts'
import type { StepCall } from '#server/workflow/step-runner.ts'
import { matchedFiles } from './matched-files.ts'
import type { AskFiles } from './matched-files.ts'
import { renderPlain } from './render.ts'

/** Bytes of one file; larger ones are to be packed or uploaded by the step itself. */
export const FILE_MAX = 268_435_456
const PIECE = 4_194_304

const TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.diff': 'text/plain',
  '.gif': 'image/gif',
  '.gz': 'application/gzip',
  '.html': 'text/html',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.log': 'text/plain',
  '.md': 'text/markdown',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.sarif': 'application/sarif+json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.webp': 'image/webp',
  '.xml': 'application/xml',
  '.zip': 'application/zip',
}

export interface Collecting {
  readonly call: StepCall
  readonly scope: Scope
  readonly ask: AskFiles
  readonly keeper: Keeper
  /** Says to the step's log what was not found. */
  readonly say: (text: string) => Promise<void>
}

/** Idempotent: the same files under the same names replace themselves. Faults: too_large, unavailable, as file.read. */
export async function collectArtifacts(parts: Collecting, succeeded: boolean): Promise<void> {
  const now = succeeded ? 'success' : 'failure'
  for (const artifact of parts.call.step.artifacts)
    if (artifact.when === 'always' || artifact.when === now) await collect(parts, artifact)
}

/** Keeps the file at `path`, which the step's op wrote for people and their tools, under its own name. */
export function collectReport(parts: Collecting, path: string): Promise<void> {
  return keep(parts, path, { name: posix.basename(path), kind: 'report' })
}

async function collect(parts: Collecting, artifact: Artifact): Promise<void> {
  const { scope, ask, say } = parts
  const globs = artifact.path.map((path) => renderPlain(path, scope))
  const paths = await matchedFiles(ask, globs, REPOSITORY)
  if (paths.length === 0) return say(`No file matches the artifact ${globs.join(' ')}.\n`)
  const isNamed = artifact.name !== artifact.path.join(' ')
  const title = renderPlain(artifact.name, scope)
  for (const path of paths) {
    const own = posix.relative(REPOSITORY, path)
    const joined = paths.length === 1 ? title : `${title}/${own}`
    const { retention_days: retentionDays } = artifact
    await keep(parts, path, {
      name: isNamed ? joined : own,
      kind: typeOf(path) === 'application/sarif+json' ? 'report' : 'file',
      ...(retentionDays === undefined ? {} : { retentionDays }),
    })
  }
}

async function keep(
  { call, ask, keeper }: Collecting,
  path: string,
  as: Pick<NewArtifact, 'name' | 'kind' | 'retentionDays'>,
): Promise<void> {
  const place = { run: call.run.id, instance: call.instance, attempt: call.attempt }
  await keeper.add({ ...place, ...as, type: typeOf(path) }, Readable.from(pieces(ask, path)))
}

function typeOf(path: string): string {
  return TYPES[posix.extname(path).toLowerCase()] ?? 'application/octet-stream'
}

/** The file in parts. One that changes meanwhile is what it was part by part, as when it is copied. */
async function* pieces(ask: AskFiles, path: string): AsyncGenerator<Buffer> {
  for (let offset = 0; ;) {
    const part = await ask('file.read', { path, offset, length: PIECE, encoding: 'base64' })
    const size = part['size'] as number
    if (size > FILE_MAX)
      throw new Fault('too_large', `The artifact ${path} has ${size} bytes; at most ${FILE_MAX} are kept.`)
    const bytes = Buffer.from(part['content'] as string, 'base64')
    if (bytes.length === 0) return
    yield bytes
    offset += bytes.length
  }
}
