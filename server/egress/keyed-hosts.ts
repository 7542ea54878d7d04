// Hosts for which there are credentials: finds those of a workspace, and serves what is asked in a tunnel whose TLS ends here.
// Which credential goes with which request, keyed-request.ts says.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CredentialUse, Credential } from '#server/vault/credentials.ts'
import { answerRequest } from './answer.ts'
import type { Authority } from './authority.ts'
import type { Connect } from './dial.ts'
import { carryKeyed, judgeKeyed } from './keyed-request.ts'
import type { KeyedTarget } from './keyed-request.ts'
import { endTls } from './keyed-tunnel.ts'
import type { EgressLimits, Seat } from './limits.ts'
import { isRefusal, quoted } from './rules.ts'
import type { Target } from './rules.ts'
import type { Traffic } from './traffic.ts'
import type { Greeting } from './tunnel.ts'
import { newVisit } from './visit.ts'
import type { Book, Visit } from './visit.ts'

export interface KeyedHostsParts {
  readonly credentials: CredentialUse
  readonly authority: Authority
  /** PEM: who vouches for those hosts. */
  readonly trusted: readonly string[]
}

/** What the proxy serves a tunnel with. */
export interface KeyedMeans {
  readonly seat: Seat
  readonly book: Book
  readonly traffic: Traffic
  readonly connect: Connect
  readonly limits: EgressLimits
  /** Is handed every request that is under way. */
  readonly underWay: (done: Promise<void>) => void
}

export interface KeyedHosts {
  /** None for most hosts, and then their TLS is not ended. */
  find(workspace: string, target: Target): Promise<readonly Credential[]>
  /** Returns at once. */
  serve(visit: Visit, greeting: Greeting, where: KeyedTarget, means: KeyedMeans): void
}

interface Asked {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly waits: boolean
}

export function createKeyedHosts({ credentials, authority, trusted }: KeyedHostsParts): KeyedHosts {
  async function serveOne(visit: Visit, asked: Asked, where: KeyedTarget, means: KeyedMeans): Promise<void> {
    const { request, response, waits } = asked
    const { seat, book, traffic, connect, limits } = means
    await seat.turn()
    const ask = judgeKeyed(request, where)
    if (isRefusal(ask)) {
      book.refused(visit, ask)
      return answerRequest(response, ask)
    }
    const { credential } = ask
    if (credential !== undefined) visit.told = credential.address
    if (waits) response.writeContinue()
    book.allowed(visit, credential?.address ?? where.target.rule)
    const way = { connect, trusted, gone: visit.gone, limits }
    const outcome = await carryKeyed(request, response, ask, where, way)
    if (isRefusal(outcome)) {
      book.refused(visit, outcome)
      return answerRequest(response, outcome)
    }
    traffic.add(visit.workspace, outcome)
    book.ended(visit, outcome)
  }

  return {
    find: (workspace, { host, port }) => credentials.find(workspace, `${host}:${port}`),
    serve(tunnel, { bytes }, where, means) {
      const { client, workspace, gone } = tunnel
      const context = authority.contextFor(where.target.host)
      endTls(client, bytes, context, means.limits, (request, response, waits) => {
        const visit = newVisit({ workspace, client, gone, kind: 'registry' })
        visit.told = `${originOf(where.target)}/`
        visit.target = originOf(where.target) + pathOf(request)
        means.underWay(serveOne(visit, { request, response, waits }, where, means))
      })
    },
  }
}

function originOf({ host, port }: Target): string {
  return `https://${port === 443 ? host : `${host}:${port}`}`
}

/** Without the query, which may hold what is nobody's business. */
function pathOf({ url = '' }: IncomingMessage): string {
  return quoted(url.split('?', 1)[0] ?? '').slice(1, -1)
}
