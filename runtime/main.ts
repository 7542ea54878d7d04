// The program of a sandbox's first process: says hello, and reads what serves calls while the server takes the hello in. It
// never listens, and validates nothing: the server itself hands it what it says.
import { closeSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { readCompiled } from './compiled.ts'
import { dial } from './link/dial.ts'
import type { ServeLink } from './sandbox.ts'

/** What the server hands over by the pipe, as JSON. */
interface Given {
  readonly token: string
}

const GIVEN_FD = 3
/** Directory of host.sock and egress.sock, that of the workspace, and whether a repository is in it. */
const [control = '', root = '', repository] = process.argv.slice(2)

async function run(): Promise<void> {
  readCompiled()
  const { token } = JSON.parse(readFileSync(GIVEN_FD, 'utf8')) as Given
  closeSync(GIVEN_FD)
  const stop = new AbortController()
  process.once('SIGTERM', () => stop.abort())
  const hello = { hello: { token, version: '1', pid: process.pid, repository: repository === 'yes' } }
  let sandbox: ServeLink | undefined
  const serve = async (link: Socket) => {
    await turn()
    const { openSandbox } = await import('./sandbox.ts')
    sandbox ??= openSandbox({ control, root, hello, signal: stop.signal })
    await sandbox(link)
  }
  await dial(join(control, 'host.sock'), hello, serve, stop.signal)
}

/** What was written leaves before the turn ends. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

void run().then(() => process.exit())
