// The repository of a workspace at the start of its sandbox: freed of what the sandbox before left locked, and made, empty,
// where the server wishes it. It clones nothing, and loads little, because it runs while all else of the runtime loads.
import { spawn } from 'node:child_process'
import { HOME, SEARCH_PATH } from './search-path.ts'

const LIMIT_MS = 10_000
/** Whoever held a lock of git's died with the sandbox before, and what it was making has no HEAD yet. */
const OPEN = `
if test -e app/.git; then
  find app/.git -maxdepth 1 -name '*.lock' -delete
  test ! -d app/.git/refs || find app/.git/refs -name '*.lock' -delete
fi
if test -f app/.git || test -e app/.git/HEAD; then exit 0; fi
`
const MAKE = 'exec git init --quiet --initial-branch=main app'

/** Whether there is one in `app` of `root`. Never rejects; says what went wrong on stderr. */
export function openRepository(root: string, isMade: boolean): Promise<boolean> {
  const program = spawn('/bin/sh', ['-c', OPEN + (isMade ? MAKE : 'exit 1')], {
    cwd: root,
    env: { PATH: SEARCH_PATH, HOME },
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  return new Promise((resolve) => {
    program.once('error', () => resolve(false))
    program.once('exit', (code) => resolve(code === 0))
  })
}
