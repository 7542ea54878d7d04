// Which server or runtime a command talks to, and with what proof. A token is only ever sent to the address it was given for.
import { Fault } from '#dsl/fault.ts'
import type { Op } from '#dsl/op.ts'
import type { Config } from './config.ts'
import { livingRuntimes, profiles } from './state.ts'
import type { LaptopRuntime } from './state.ts'

const DEFAULT_URL = 'http://localhost:3000'

export interface Endpoint {
  /** Origin, `http:` or `https:`. */
  readonly url: string
  readonly token: string | undefined
  /** Jail of the laptop runtime that was found, absolute: relative paths start where the person stands. */
  readonly root?: string
}

export interface EndpointOptions {
  readonly url?: string | undefined
  readonly token?: string | undefined
}

/**
 * In order: `--url`, CHISPART_URL, a laptop runtime that runs, the server paired last, localhost:3000. A laptop runtime
 * answers no control op, so it is passed over for one.
 */
export function findEndpoint(
  options: EndpointOptions,
  config: Config,
  cwd: string,
  runs: Op['runs'] = 'workspace',
): Endpoint {
  const named = options.url ?? config.url
  if (named !== undefined) return namedEndpoint(originOf(named), options, config)
  const runtime = runs === 'workspace' ? nearest(livingRuntimes(config.stateDir), cwd) : undefined
  if (runtime !== undefined) return laptopEndpoint(runtime, options)
  const token = options.token ?? config.token
  const profile = profiles(config.stateDir)[0]
  if (profile !== undefined && token === undefined) return { url: profile.url, token: profile.token }
  return { url: DEFAULT_URL, token }
}

/** A server that this machine is not yet a device of; what it was paired with before is not told there. */
export function newEndpoint(options: EndpointOptions, config: Config): Endpoint {
  return {
    url: originOf(options.url ?? config.url ?? DEFAULT_URL),
    token: options.token ?? config.token,
  }
}

/** `http(s)://host:port` of any address of that server; `ws:` counts as `http:`. Faults: invalid. */
export function originOf(address: string): string {
  const url = URL.parse(address.replace(/^ws/, 'http'))
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new Fault('invalid', `"${address}" is no address. Write http://host:port or https://host.`)
  return url.origin
}

function namedEndpoint(url: string, options: EndpointOptions, config: Config): Endpoint {
  const runtime = livingRuntimes(config.stateDir).find((entry) => originOf(entry.url) === url)
  if (runtime !== undefined) return laptopEndpoint(runtime, { token: options.token ?? config.token })
  const profile = profiles(config.stateDir).find((entry) => entry.url === url)
  return { url, token: options.token ?? config.token ?? profile?.token }
}

function laptopEndpoint({ url, token, root }: LaptopRuntime, options: EndpointOptions): Endpoint {
  return { url: originOf(url), token: options.token ?? token, root }
}

/** The runtime whose jail is deepest around `cwd`; else the one started last. */
function nearest(runtimes: readonly LaptopRuntime[], cwd: string): LaptopRuntime | undefined {
  const depth = ({ root }: LaptopRuntime) =>
    `${cwd}/`.startsWith(`${root}/`.replace('//', '/')) ? root.length : 0
  return [...runtimes].sort((a, b) => depth(b) - depth(a) || b.startedAt - a.startedAt)[0]
}
