// Where the rest of this project lies, whose programs the CLI starts as processes. It never imports them.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The directory of package.json, from the source and from the bundle alike. */
export const ROOT = above(import.meta.dirname)

function above(directory: string): string {
  if (existsSync(join(directory, 'package.json')) || directory === dirname(directory)) return directory
  return above(dirname(directory))
}
