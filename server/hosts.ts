// By which names this server may be called. Exact ones only, so that a name pointed at it by DNS rebinding is none.
import { hostname, networkInterfaces } from 'node:os'

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']
const EVERYWHERE = ['0.0.0.0', '::']

/** `name:port` as a Host header says it; the bare name too on port 80. RFC 9110 §7.2. */
export function ownHosts(host: string, port: number): ReadonlySet<string> {
  const names = [...LOOPBACK, ...(EVERYWHERE.includes(host) ? machineNames() : [bracketed(host)])]
  return new Set(
    names
      .map((name) => name.toLowerCase())
      .flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]),
  )
}

function machineNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  return [hostname(), ...addresses.map(({ address }) => bracketed(address))]
}

/**
 * Where another device reaches a server that the person calls `origin`: a name of this machine means nothing on a phone,
 * so it becomes the machine's own address when we listen on all of them.
 */
export function sharedOrigin(origin: string, host: string): string {
  const url = new URL(origin)
  const address = EVERYWHERE.includes(host) && LOOPBACK.includes(url.hostname) ? publicAddress() : undefined
  if (address !== undefined) url.hostname = address
  return url.origin
}

function publicAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** What the person's browser speaks: its Origin says https also where TLS ends at a proxy before us. */
export function pageProtocol(origin: string | undefined): 'http' | 'https' {
  return origin?.startsWith('https:') ? 'https' : 'http'
}

/** Where a browser on this machine finds the server. */
export function ownUrl(host: string, port: number): string {
  const local = EVERYWHERE.includes(host) || LOOPBACK.includes(bracketed(host))
  return `http://${local ? 'localhost' : bracketed(host)}:${port}`
}
