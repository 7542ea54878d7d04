// What serves the calls of one sandbox, with the environment that its programs get. It never listens but on the sandbox's
// own loopback address.
import './link/plain.ts'
import { existsSync, realpathSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Hello } from '#dsl/wire/link.ts'
import { createActivity } from './activity.ts'
import { PROXY_HOST, PROXY_PORT, relayEgress } from './egress-relay.ts'
import { dialOnce } from './link/dial.ts'
import { createLasting } from './link/lasting.ts'
import { servePeer } from './link/peer.ts'
import { HOME, SEARCH_PATH } from './search-path.ts'

const PROXY = `http://${PROXY_HOST}:${PROXY_PORT}`
const LOCAL = 'localhost,127.0.0.1,::1'
const ENV = {
  HOME,
  USER: 'agent',
  LOGNAME: 'agent',
  SHELL: '/bin/bash',
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
  LANG: 'C.UTF-8',
  PATH: SEARCH_PATH,
  HTTP_PROXY: PROXY,
  HTTPS_PROXY: PROXY,
  http_proxy: PROXY,
  https_proxy: PROXY,
  NO_PROXY: LOCAL,
  no_proxy: LOCAL,
  NODE_USE_ENV_PROXY: '1',
  ...machineEnv(),
}

/** On the workspace's disk, where they last and have room: the home directory is small, in memory, and new at each start. */
function cacheEnv(root: string): Record<string, string> {
  const caches = join(root, '.cache')
  return {
    XDG_CACHE_HOME: caches,
    // pnpm's store, and what uv and pipx install.
    XDG_DATA_HOME: join(root, '.local/share'),
    NPM_CONFIG_CACHE: join(caches, 'npm'),
    YARN_GLOBAL_FOLDER: join(caches, 'yarn/berry'),
    BUN_INSTALL_CACHE_DIR: join(caches, 'bun'),
  }
}

/** For tools that look for the machine's settings and certificates elsewhere than in /etc. */
function machineEnv(): Record<string, string> {
  const certificates = '/etc/chispart/ca.pem'
  if (!existsSync(certificates)) return {}
  return {
    NODE_EXTRA_CA_CERTS: certificates,
    SSL_CERT_FILE: certificates,
    REQUESTS_CA_BUNDLE: certificates,
    NPM_CONFIG_GLOBALCONFIG: '/etc/npmrc',
  }
}

export interface SandboxParts {
  /** Directory of host.sock and egress.sock. */
  readonly control: string
  /** Directory of the workspace. */
  readonly root: string
  /** What this runtime said; a further link for a guest says it too. */
  readonly hello: Hello
  readonly signal: AbortSignal
}

/** Serves one link of the server until it closes. */
export type ServeLink = (link: Socket) => Promise<void>

/** Makes what all links share, and opens the way out. */
export function openSandbox({ control, root: named, hello, signal }: SandboxParts): ServeLink {
  const root = realpathSync(named)
  const place = {
    jail: { roots: [root, '/tmp', ENV.HOME], home: join(root, 'app') },
    terminals: new Map(),
    env: { ...ENV, ...cacheEnv(root) },
    activity: createActivity(),
  }
  relayEgress(join(control, 'egress.sock'), ({ message }) => {
    process.stderr.write(`no way out of this sandbox: ${message}\n`)
  })
  const lasting = createLasting(join(root, '.chispart/once'))
  const home = join(control, 'host.sock')
  const invited = (guest: string) =>
    void dialOnce(
      home,
      { hello: { ...hello.hello, guest } },
      (link) => servePeer(place, link, lasting),
      signal,
    )
  return (link) => servePeer(place, link, lasting, invited)
}
