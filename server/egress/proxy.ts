// The egress proxy: one door for every sandbox, which it knows by the socket that a connection came through. What is not
// allowed by a rule is refused, and every decision is audited. It decrypts nothing but what goes to a host for which the
// workspace has a credential (keyed-hosts.ts).
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Log } from '#server/log.ts'
import { answerRefusal, cutTunnel } from './answer.ts'
import { dial, resolveTarget, systemConnect } from './dial.ts'
import type { Connect, Resolve } from './dial.ts'
import { createFlows } from './flow.ts'
import type { FlowTotals } from './flow.ts'
import { forward } from './forward.ts'
import { isForRelay } from './git-relay.ts'
import type { GitRelay } from './git-relay.ts'
import { parseAuthority } from './host.ts'
import type { Authority } from './host.ts'
import type { KeyedHosts } from './keyed-hosts.ts'
import type { KeyedTarget } from './keyed-request.ts'
import { createSeats, LIMITS } from './limits.ts'
import type { EgressLimits, Seat } from './limits.ts'
import { httpTarget, readRequest } from './request.ts'
import type { HttpAsked, HttpTarget, TunnelAsked } from './request.ts'
import { createResolver } from './resolver.ts'
import { findTarget, isRefusal, quoted, refuse } from './rules.ts'
import type { EgressRules, Refusal, Target } from './rules.ts'
import { createTraffic } from './traffic.ts'
import { greet, splice } from './tunnel.ts'
import { createBook, newVisit } from './visit.ts'
import type { BookParts, Visit } from './visit.ts'

export interface EgressParts extends BookParts {
  /** Asked at each request; a rejection refuses it. */
  readonly rules: (workspace: string) => Promise<EgressRules>
  readonly log: Pick<Log, 'error'>
  /** Without one its name is a host like any other. */
  readonly git?: GitRelay | undefined
  /** Without it no TLS is ended here. */
  readonly keyed?: KeyedHosts | undefined
  readonly resolve?: Resolve
  readonly connect?: Connect
  readonly limits?: EgressLimits
}

export interface Egress {
  /** A connection that came out of the workspace's sandbox. */
  accept(workspace: string, client: Duplex): void
  /** Bytes that the workspace has sent and received since this started, open connections included. */
  carried(workspace: string): FlowTotals
  /** Ends every connection; resolves when the audit has heard of it. */
  close(): Promise<void>
}

/** One for all: an error with a trace of its own costs more than a look at a rule. */
const LEFT = new Error('The client left.')

/** Where a request may go. */
interface Judged {
  readonly target: Target
  readonly addresses: readonly string[]
}

export function createEgress(parts: EgressParts): Egress {
  const { rules, log, git, keyed, resolve = createResolver(), connect = systemConnect } = parts
  const { limits = LIMITS } = parts
  const book = createBook(parts)
  const seats = createSeats(limits)
  const flows = createFlows(limits)
  const traffic = createTraffic()
  const clients = new Set<Duplex>()
  const carrying = new Set<Promise<void>>()

  async function serve(visit: Visit, seat: Seat): Promise<void> {
    const { client } = visit
    const asked = seat.free ? await readRequest(client, limits.headMs) : tooMany(limits)
    await seat.turn()
    visit.startedAt = performance.now()
    if (asked === undefined) return
    if (isRefusal(asked)) refuseVisit(visit, asked)
    else if (asked.kind === 'tunnel') await tunnel(visit, asked, seat)
    else await http(visit, asked)
  }

  async function tunnel(visit: Visit, { authority, head }: TunnelAsked, seat: Seat): Promise<void> {
    visit.target = quoted(authority).slice(1, -1)
    const judged = await judge(visit, parseAuthority(authority), 443)
    if (isRefusal(judged)) return refuseVisit(visit, judged)
    const credentials = (await keyed?.find(visit.workspace, judged.target)) ?? []
    if (credentials.length > 0) return keyedTunnel(visit, head, { ...judged, credentials }, seat)
    const host = await open(visit, judged)
    if (isRefusal(host)) return refuseVisit(visit, host)
    const greeting = await greet(visit.client, head, judged.target, limits)
    if (isRefusal(greeting)) {
      cut(visit, greeting)
      return void host.destroy()
    }
    splice(visit.client, greeting, host)
    book.allowed(visit, judged.target.rule)
  }

  async function keyedTunnel(visit: Visit, head: Buffer, where: KeyedTarget, seat: Seat): Promise<void> {
    const greeting = await greet(visit.client, head, where.target, limits)
    if (isRefusal(greeting)) return cut(visit, greeting)
    book.allowed(visit, where.target.rule)
    const underWay = (done: Promise<void>) => void carry(done.catch((error: unknown) => broke(visit, error)))
    keyed?.serve(visit, greeting, where, { seat, book, traffic, connect, limits, underWay })
  }

  async function http(visit: Visit, asked: HttpAsked): Promise<void> {
    visit.kind = 'http'
    const wanted = httpTarget(asked.request)
    if (isRefusal(wanted)) return refuseVisit(visit, wanted)
    visit.target = quoted(`${wanted.host}:${wanted.port}`).slice(1, -1)
    if (git !== undefined && isForRelay(wanted)) return relay(git, visit, asked, wanted)
    const judged = await judge(visit, wanted, 80)
    if (isRefusal(judged)) return refuseVisit(visit, judged)
    const host = await open(visit, judged)
    if (isRefusal(host)) return refuseVisit(visit, host)
    forward(asked, { ...judged.target, path: wanted.path }, visit.client, host)
    book.allowed(visit, judged.target.rule)
  }

  async function relay(git: GitRelay, visit: Visit, asked: HttpAsked, wanted: HttpTarget): Promise<void> {
    visit.kind = 'git'
    const { workspace, client, gone } = visit
    const target = await git.judge(workspace, asked.request, wanted, await rules(workspace))
    if (isRefusal(target)) return refuseVisit(visit, target)
    visit.kind = `git.${target.does}`
    visit.target = target.access.url
    book.allowed(visit, target.rule)
    const carried = git.carry(asked, target, { client, gone, limits }).then((outcome) => {
      if (isRefusal(outcome)) return refuseVisit(visit, outcome)
      traffic.add(workspace, outcome)
      book.ended(visit, outcome)
    })
    await carry(carried)
  }

  /** By the rules, resolved once, and by the addresses. */
  async function judge(
    visit: Visit,
    wanted: Authority | undefined,
    usual: 80 | 443,
  ): Promise<Judged | Refusal> {
    if (wanted === undefined) return refuse('malformed', `"${visit.target}" is not "host:port".`)
    const target = findTarget(await rules(visit.workspace), wanted, usual)
    if (isRefusal(target)) return target
    const addresses = await resolveTarget(target, resolve)
    return isRefusal(addresses) ? addresses : { target, addresses }
  }

  /** One of exactly the addresses that were judged. */
  async function open(visit: Visit, { target, addresses }: Judged): Promise<Socket | Refusal> {
    const host = await dial(target, addresses, connect, visit.gone, true)
    if (isRefusal(host)) return host
    traffic.watch(visit.workspace, host)
    flows.watch(visit.client, host, (totals) => book.ended(visit, totals))
    return host
  }

  function refuseVisit(visit: Visit, refusal: Refusal): void {
    book.refused(visit, refusal)
    answerRefusal(visit.client, refusal)
  }

  function cut(visit: Visit, refusal: Refusal): void {
    book.refused(visit, refusal)
    cutTunnel(visit.client, refusal)
  }

  function broke({ workspace, client }: Visit, error: unknown): void {
    log.error({ workspace, err: error }, 'an egress connection broke')
    client.destroy()
  }

  function carry(done: Promise<void>): Promise<void> {
    carrying.add(done)
    return done.finally(() => carrying.delete(done))
  }

  return {
    accept(workspace, client) {
      const gone = new AbortController()
      const seat = seats.take(workspace)
      const visit = newVisit({ workspace, client, gone: gone.signal, kind: 'connect' })
      clients.add(client)
      client.on('error', () => client.destroy())
      client.once('close', () => {
        clients.delete(client)
        seat.leave()
        gone.abort(LEFT)
      })
      serve(visit, seat).catch((error: unknown) => broke(visit, error))
    },
    carried: traffic.of,
    async close() {
      for (const client of clients) client.destroy()
      await Promise.all([flows.close(), ...[...carrying].map((one) => one.catch(() => undefined))])
    },
  }
}

function tooMany({ connections }: EgressLimits): Refusal {
  return refuse('too-many', `This workspace has ${connections} connections open. Close one to open another.`)
}
