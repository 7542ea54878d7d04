// What a sandbox is told of the machine's settings, so that its npm, pip and git need none: the hosts that rules name,
// and files for its /etc. It passes on no credential.
import { rootCertificates } from 'node:tls'
import { parseRule } from './host.ts'
import type { MachineHosts } from './list.ts'
import type { MachineSettings } from './machine.ts'

const CERTIFICATES = 'chispart/ca.pem'
/**
 * Who commits where neither the repository nor the person says so: without a name git refuses, and home is empty at every
 * start. Mail to `.invalid` reaches nobody (RFC 2606).
 */
const COMMITTER = ['[user]', '\tname = Chispart', '\temail = chispart@sandbox.invalid']

/** The hosts that the machine's settings name, by the group that they belong to. */
export function machineHosts({ npm, pip, apt }: MachineSettings): MachineHosts {
  return {
    npm: hostsOf(Object.values(npm)),
    pypi: hostsOf([...(pip.index === undefined ? pip.usual : [pip.index]), ...pip.extra]),
    debian: hostsOf(apt),
  }
}

/** PEM: whom the machine trusts. */
export function trustedBy({ certificates }: Pick<MachineSettings, 'certificates'>): readonly string[] {
  return certificates.length > 0 ? certificates : rootCertificates
}

/** Name below /etc → text. `authority`: PEM of who vouches for the hosts whose TLS the proxy ends. */
export function machineFiles(machine: MachineSettings, authority: string): Record<string, string> {
  const { npm, pip } = machine
  const path = `/etc/${CERTIFICATES}`
  const trusted = [...trustedBy(machine), authority.trim()]
  return {
    [CERTIFICATES]: `${trusted.join('\n')}\n`,
    npmrc: lines(Object.entries(npm).map(([key, address]) => `${key}=${address}`)),
    'pip.conf': lines([
      '[global]',
      `cert = ${path}`,
      // The system is read-only inside: pip can break nothing, and without this it refuses to install for the user.
      'break-system-packages = true',
      'disable-pip-version-check = true',
      ...(pip.index === undefined ? [] : [`index-url = ${pip.index}`]),
      ...(pip.extra.length === 0 ? [] : [`extra-index-url = ${pip.extra.join(' ')}`]),
    ]),
    gitconfig: lines(['[http]', `\tsslCAInfo = ${path}`, ...COMMITTER]),
  }
}

function hostsOf(addresses: readonly (string | undefined)[]) {
  return addresses.flatMap((address) => {
    const host = address === undefined ? '' : new URL(address).host
    return parseRule(host) ?? []
  })
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('')
}
