// R6: the redirections a line may hold: to another standard stream, and from or to /dev/null. Never to a file.
import type { Redirection } from 'unbash'
import { deny } from './denial.ts'

const NULL = new Set(['>', '>>', '<', '&>', '&>>'])

/** The redirection as bash is to read it. Faults (Denied): R6. */
export function readRedirect(line: string, redirect: Redirection): string {
  const fd = descriptor(redirect)
  if (redirect.type !== 'Redirect' || redirect.target === undefined || fd === undefined)
    return refuse(line, redirect)
  const { operator, target } = redirect
  if (operator === '>&' && /^[12]$/.test(target.text)) return `${fd}>&${target.text}`
  if (NULL.has(operator) && target.text === '/dev/null' && !(fd !== '' && operator.startsWith('&')))
    return `${fd}${operator}/dev/null`
  return refuse(line, redirect)
}

function descriptor({ descriptor }: Redirection): string | undefined {
  if (descriptor === undefined) return ''
  if (descriptor.type !== 'FileDescriptor' || descriptor.value > 2) return undefined
  return String(descriptor.value)
}

function refuse(line: string, redirect: Redirection): never {
  deny('R6', line, redirect, 'Only 2>&1, 1>&2 and /dev/null may be redirected to. Use file.write for a file.')
}
