// How the runtime is started inside of a sandbox, of whatever kind. It says nothing of the sandbox itself.

export const NODE = '/opt/chispart/bin/node'
const RUNTIME_DIR = '/opt/chispart/runtime'

/**
 * MiB of heap, far beyond what a runtime needs, and of young objects, so that a start collects none: it weighs no more then.
 * From 2048 of the first on, V8 copies its built-in functions next to the program's: 2 MiB in each sandbox, for calls that
 * take no longer without. The flag that says so outright costs more: V8 then refuses the compiled code of Node's own
 * modules, a fifth of a start.
 */
export const NODE_FLAGS = ['--max-old-space-size=1024', '--min-semi-space-size=4'] as const

/** A shell that opens the repository, and becomes the runtime. */
export function runtimeCommand({ repository = false }: { readonly repository?: boolean }) {
  const open = ['/bin/sh', `${RUNTIME_DIR}/open.sh`, repository ? 'make' : 'find'] as const
  return [...open, NODE, ...NODE_FLAGS, `${RUNTIME_DIR}/main.js`, '/run/chispart', '/work'] as const
}
