// What the server grants to its own few calls in a workspace, which no plan decides; the sandbox still does.
import type { Grant } from '#dsl/wire/link.ts'

/** No command and no terminal of its own. */
export const OWN: Grant = { plan: 'server', commands: [], terminals: false }
export const OWN_SHELL: Grant = { plan: 'server', commands: ['*'], terminals: false }
