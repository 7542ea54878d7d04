// The program of a sandbox's first process: opens the repository and says hello, and reads what serves calls while the
// server takes the hello in. It never listens, and validates nothing: the server itself hands it what it says.
import { closeSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { readCompiled } from './compiled.ts'
import { dial } from './link/dial.ts'
import { openRepository } from './repository.ts'

/** What the server hands over by the pipe, as JSON: the token of the hello, and whether an empty repository is to be made. */
interface Given {
  readonly token: string
  readonly repository?: boolean
}

const GIVEN_FD = 3
/** Directory of host.sock and egress.sock, and of the workspace. */
const [control = '', root = ''] = process.argv.slice(2)

async function run(): Promise<void> {
  readCompiled()
  const { token, repository } = JSON.parse(readFileSync(GIVEN_FD, 'utf8')) as Given
  closeSync(GIVEN_FD)
  const stop = new AbortController()
  process.once('SIGTERM', () => stop.abort())
  const hello = openRepository(root, repository === true).then((isThere) => ({
    hello: { token, version: '1', pid: process.pid, repository: isThere },
  }))
  const serve = async (link: Socket) => {
    await turn()
    const { serveSandbox } = await import('./sandbox.ts')
    await serveSandbox(link, { control, root, hello: await hello, signal: stop.signal })
  }
  const served = dial(join(control, 'host.sock'), hello, serve, stop.signal)
  await import('./link/schemas.ts')
  await served
}

/** What was written leaves before the turn ends. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

void run().then(() => process.exit())
