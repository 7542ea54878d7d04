// file.patch: change parts of one file by a unified diff, all of them or none.
import { applyPatch, parsePatch } from 'diff'
import type { StructuredPatch } from 'diff'
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { op } from '#dsl/op.ts'
import { path } from '#dsl/ops/fields.ts'
import { CONTENT_MAX, FILE_STAT, sha256 } from './fields.ts'

export const filePatch = op({
  name: 'file.patch',
  summary: 'Change parts of a file by a unified diff',
  needs: ['files'],
  runs: 'workspace',
  effect: 'write',
  input: z.object({
    path: path(),
    patch: z
      .string()
      .min(1)
      .max(CONTENT_MAX)
      .describe(
        'Unified diff of this one file, as `git diff` prints it; what its head names is not looked at',
      ),
  }),
  output: FILE_STAT.extend({ sha256: sha256(), hunks: z.int().describe('Parts that were changed') }),
  async run({ files }, { path, patch }) {
    const parsed = readPatch(patch)
    const { content, size, sha256 } = await files.read(path)
    if (size > CONTENT_MAX)
      throw new Fault(
        'too_large',
        `"${path}" has ${size} bytes; a file of at most ${CONTENT_MAX} is patched.`,
      )
    const changed = apply(content, parsed, path)
    // Somebody else may have written between the two: then nothing is changed.
    return { ...(await files.write(path, changed, { ifSha256: sha256 })), hunks: parsed.hunks.length }
  },
})

/** Faults: malformed (no unified diff, or one of several files). */
function readPatch(text: string): StructuredPatch {
  const files = parsed(text).filter(({ hunks }) => hunks.length > 0)
  const [only, ...more] = files
  if (only === undefined)
    throw new Fault(
      'malformed',
      'The patch changes nothing: a part begins with "@@ -line,count +line,count @@".',
    )
  if (more.length > 0)
    throw new Fault('malformed', `The patch is of ${files.length} files. Send one call for each.`)
  return only
}

function parsed(text: string): StructuredPatch[] {
  try {
    return parsePatch(text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Fault('malformed', `This is no unified diff: ${why}.`, { cause })
  }
}

/** Every line of context has to be there, wherever in the file. Faults: conflict (names the first part that does not fit). */
function apply(content: string, patch: StructuredPatch, path: string): string {
  const changed = applyPatch(content, patch)
  if (changed !== false) return changed
  const at = patch.hunks.findIndex(
    (_, index) => applyPatch(content, { ...patch, hunks: patch.hunks.slice(0, index + 1) }) === false,
  )
  const line = patch.hunks[at]?.oldStart ?? 0
  throw new Fault(
    'conflict',
    `Part ${at + 1} of the patch, at line ${line}, does not fit "${path}". Read the file, and make the patch of what it holds.`,
    { data: { part: at + 1, line } },
  )
}
