// Names of hosts, and the rules that list them. A name is compared label by label; an address is never a name.
import { domainToASCII } from 'node:url'

/** `example.org`, `*.example.org` (any subdomain, not itself), either with `:port`. */
export interface HostRule {
  /** As the operator wrote it, for the denial and the audit. */
  readonly text: string
  /** ASCII, lower case, without a final dot. */
  readonly name: string
  readonly subdomains: boolean
  /** Undefined: 443 for TLS, 80 for HTTP. */
  readonly port: number | undefined
}

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/
/** What any of the system's parsers would read as the last part of an IPv4 address: WHATWG URL, "ends in a number". */
const NUMBER = /^(?:\d+|0x[0-9a-f]*)$/
const NAME_MAX = 253
/** Before any case is folded: outside ASCII there are letters whose lower case is an ASCII one. */
const PRINTABLE = /^[\x21-\x7e]+$/

/** Name in the form that rules are compared in; undefined for what is no name: an address, or bytes no name has. */
export function hostName(text: string): string | undefined {
  if (!PRINTABLE.test(text)) return undefined
  const name = text.toLowerCase().replace(/\.$/, '')
  const labels = name.split('.')
  if (name.length > NAME_MAX || !labels.every((label) => LABEL.test(label))) return undefined
  return NUMBER.test(labels.at(-1) ?? '') ? undefined : name
}

/** Whether the text is an IP address in some spelling: dotted, short, decimal, hex, octal, IPv6. */
export function isAddress(text: string): boolean {
  const last = text.toLowerCase().replace(/\.$/, '').split('.').at(-1) ?? ''
  return text.includes('[') || text.includes('::') || NUMBER.test(last)
}

/** 1–65535 in plain decimal, or undefined. */
export function portNumber(text: string): number | undefined {
  const port = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : undefined
}

export interface Authority {
  readonly host: string
  readonly port: number
}

/** `host:port` as CONNECT and Host say it, without userinfo; `usual` when there is no port. The host is not judged. */
export function parseAuthority(text: string, usual?: number): Authority | undefined {
  const [, host = '', , digits] = /^(\[[^\]@]*\]|[^:@/?#]+)(:(\d+))?$/.exec(text) ?? []
  const port = digits === undefined ? usual : portNumber(digits)
  return host === '' || port === undefined ? undefined : { host, port }
}

/** Undefined for what is no rule. International names are taken as people write them. */
export function parseRule(text: string): HostRule | undefined {
  const [, star, host = '', , digits] = /^(\*\.)?([^:*/\s]+)(:(\d+))?$/.exec(text) ?? []
  const name = hostName(domainToASCII(host))
  const port = digits === undefined ? undefined : portNumber(digits)
  if (name === undefined || (digits !== undefined && port === undefined)) return undefined
  return { text, name, subdomains: star !== undefined, port }
}

export function namesHost({ name, subdomains }: HostRule, host: string): boolean {
  return subdomains ? host.endsWith(`.${name}`) && host.length > name.length + 1 : host === name
}
