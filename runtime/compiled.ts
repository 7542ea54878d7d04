// Has Node take what V8 compiled of this program when it was built (infra/scripts/compile-runtime.ts). It compiles nothing
// itself and writes nothing in a sandbox, whose programs cannot be written.
import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

/** Directory beside the bundle; the sources have none. */
export const COMPILED = 'compiled'

/** Call it before the rest is read. */
export function readCompiled(): void {
  const directory = join(import.meta.dirname, COMPILED)
  if (existsSync(directory)) enableCompileCache({ directory, portable: true })
}
