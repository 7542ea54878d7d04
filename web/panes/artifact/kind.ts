// Which artifacts can be shown, and as what. It judges by name, type and size alone: what is inside is nobody's word.
import type { OpOutput } from '#dsl/catalog.ts'

export type Artifact = OpOutput<'artifact.list'>['artifacts'][number]
/** What is shown as it is. */
export type ShownKind = 'image' | 'drawing' | 'markdown' | 'json' | 'sarif' | 'xml' | 'text'
export type PreviewKind = ShownKind | 'recording'

/** Bytes of the largest that is shown; more than that is for a program of its own. */
const MOST: Readonly<Record<PreviewKind, number>> = {
  image: 10_000_000,
  drawing: 1_000_000,
  markdown: 500_000,
  json: 1_000_000,
  recording: 20_000_000,
  sarif: 5_000_000,
  xml: 5_000_000,
  text: 1_000_000,
}
const BY_TYPE: Readonly<Record<string, PreviewKind>> = {
  'application/json': 'json',
  'application/sarif+json': 'sarif',
  'application/x-asciicast': 'recording',
  'application/xml': 'xml',
  'image/gif': 'image',
  'image/jpeg': 'image',
  'image/png': 'image',
  'image/svg+xml': 'drawing',
  'image/webp': 'image',
  'text/csv': 'text',
  'text/markdown': 'markdown',
  'text/plain': 'text',
  'text/xml': 'xml',
}

/** Undefined for what can only be downloaded: pages and programs, what is too large, and logs, which have a view. */
export function previewKind({ kind, type, bytes }: Pick<Artifact, 'kind' | 'type' | 'bytes'>) {
  const essence = type.split(';')[0]?.trim().toLowerCase() ?? ''
  const found = Object.hasOwn(BY_TYPE, essence) ? BY_TYPE[essence] : undefined
  return kind !== 'log' && found !== undefined && bytes > 0 && bytes <= MOST[found] ? found : undefined
}
