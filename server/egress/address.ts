// Which addresses a name may resolve to. Two lists, because BlockList lets an IPv4 address match an IPv6 range.
import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** Not global unicast: IANA's special-purpose registries (RFC 6890 and its updates), and multicast. */
const SPECIAL_4 = (
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 ' +
  '192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 ' +
  '203.0.113.0/24 224.0.0.0/4 240.0.0.0/4'
).split(' ')
/** Inside the only global range, 2000::/3. */
const SPECIAL_6 = '2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20'.split(' ')

/**
 * Refused whoever trusts the host: this machine's loopback, link-local, multicast, reserved, IPv4 in disguise, and the
 * metadata services of AWS, Azure, Google, Oracle and Alibaba, which hand out the machine's own credentials.
 */
const NEVER_4 =
  '0.0.0.0/8 127.0.0.0/8 169.254.0.0/16 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32 192.0.0.192/32 100.100.100.200/32'.split(
    ' ',
  )
const NEVER_6 = (
  '::/96 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 2001::/32 2002::/16 fe80::/10 ff00::/8 ' +
  'fd00:ec2::254/128 fd20:ce::254/128'
).split(' ')

const special4 = list('ipv4', SPECIAL_4)
const never4 = list('ipv4', NEVER_4)
const global6 = list('ipv6', ['2000::/3'])
const special6 = list('ipv6', SPECIAL_6)
const never6 = list('ipv6', NEVER_6)

/** Whether to refuse an address that a resolver answered. `trusted`: the operator's own configuration names the host. */
export function refusesAddress(address: string, trusted: boolean): boolean {
  if (isIPv4(address)) return never4.check(address) || (!trusted && special4.check(address))
  if (!isIPv6(address) || address.includes('%')) return true
  if (never6.check(address, 'ipv6')) return true
  return !trusted && (!global6.check(address, 'ipv6') || special6.check(address, 'ipv6'))
}

function list(family: 'ipv4' | 'ipv6', ranges: readonly string[]): BlockList {
  const blocks = new BlockList()
  for (const range of ranges) {
    const [network = '', prefix = ''] = range.split('/')
    blocks.addSubnet(network, Number(prefix), family)
  }
  return blocks
}
