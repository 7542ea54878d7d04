// The runtime of one sandbox: reads its token, forgets its environment, dials home and serves. It never listens to the net.
import { closeSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { judge } from '#dsl/policy/commands.ts'
import { sandboxConfig } from './config.ts'
import { dial } from './link/dial.ts'
import { servePeer } from './link/peer.ts'

const TOKEN_FD = 3
const Token = z.strictObject({ token: z.string().min(32).max(128) })
const PROXY = 'http://127.0.0.1:3128'
const ENV = {
  HOME: '/home/agent',
  USER: 'agent',
  LOGNAME: 'agent',
  SHELL: '/bin/bash',
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
  LANG: 'C.UTF-8',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/chispart/bin',
  HTTP_PROXY: PROXY,
  HTTPS_PROXY: PROXY,
  http_proxy: PROXY,
  https_proxy: PROXY,
  NODE_USE_ENV_PROXY: '1',
}

/** Serves until SIGTERM; its children end with it. */
async function main(): Promise<void> {
  const { token } = Token.parse(JSON.parse(readFileSync(TOKEN_FD, 'utf8')))
  closeSync(TOKEN_FD)
  const { control, root: named } = sandboxConfig()
  const stop = new AbortController()
  process.once('SIGTERM', () => stop.abort())
  const root = realpathSync(named)
  const place = {
    jail: { roots: [root, '/tmp', ENV.HOME], home: join(root, 'app') },
    terminals: new Map(),
    env: ENV,
    judge,
  }
  const hello = { hello: { token, version: '1', pid: process.pid } }
  await dial(join(control, 'host.sock'), hello, (link) => servePeer(place, link), stop.signal)
  process.exit()
}

await main()
