// How the runtime is started inside of a sandbox, of whatever kind. It says nothing of the sandbox itself.

export const NODE = '/opt/chispart/bin/node'

/** V8 would copy its built-in functions next to the program's: 2 MiB in each sandbox, for calls that take no longer without. */
export const RUNTIME = [NODE, '--no-short-builtin-calls', '/opt/chispart/runtime/main.js'] as const
