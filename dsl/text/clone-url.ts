// Which addresses git may clone from. It refuses what would run a command, become an option, or put a secret in argv.
import { z } from 'zod'

/** git-clone(1), "GIT URLS". `<helper>::<address>` starts a remote helper, and `ext::` any command at all. */
export const cloneUrl = () =>
  z
    .string()
    .min(1)
    .max(2048)
    .regex(/^[^\s\p{Cc}]+$/u, 'an address holds no space and no control character')
    .refine((url) => !url.startsWith('-'), 'an address does not start with "-"')
    .refine((url) => !/^[^/]*::/.test(url), 'a remote helper ("ext::" and the like) is not cloned from')
    .refine(
      (url) => !hasCredentials(url),
      'an address holds no credentials: they would be kept in .git/config; add a secret for the host instead',
    )

/** A user name alone is how ssh addresses are written (`ssh://git@host/…`); over http it is a token. */
function hasCredentials(url: string): boolean {
  const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)@/i.exec(url)
  if (parts === null) return false
  return /^https?$/i.test(parts[1] ?? '') || (parts[2] ?? '').includes(':')
}

/** Directory that git would make for `url`: its last part without `.git`. */
export function cloneDirectory(url: string): string {
  const last = url
    .replace(/[/\\]+$/, '')
    .split(/[/:\\]/)
    .at(-1)
  return (last ?? '').replace(/\.git$/, '') || 'repository'
}
