// Who is at the other end of a request, as far as the network says. It trusts no header that a client can forge.
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import type { Peer } from './dispatch.ts'
import { pageProtocol } from './hosts.ts'

/** The guard has checked that Host is one of ours. */
export function peerOf(c: Context): Peer {
  const { address = '' } = getConnInfo(c).remote
  const said = c.req.header('origin')
  return { address, origin: `${pageProtocol(said)}://${c.req.header('host') ?? ''}` }
}
