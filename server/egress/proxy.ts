// The egress proxy: one door for every sandbox, which it knows by the socket that a connection came through. What is not
// allowed by a rule is refused, and every decision is audited. It decrypts nothing; only git-relay.ts holds a credential.
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { EgressDecision } from '#dsl/powers/runs.ts'
import type { Audit } from '#server/events/audit.ts'
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
import { createSeats, LIMITS } from './limits.ts'
import type { EgressLimits, Seat } from './limits.ts'
import { httpTarget, readRequest } from './request.ts'
import type { HttpAsked, HttpTarget, TunnelAsked } from './request.ts'
import { createResolver } from './resolver.ts'
import { findTarget, isFailure, isRefusal, quoted, refuse } from './rules.ts'
import type { EgressRules, Refusal, Target } from './rules.ts'
import { createTraffic } from './traffic.ts'
import { openTunnel } from './tunnel.ts'

export interface EgressParts {
  /** Asked at each request; a rejection refuses it. */
  readonly rules: (workspace: string) => Promise<EgressRules>
  readonly audit: Pick<Audit, 'record'>
  /** Hears of every decision, as the audit does; it must not throw. */
  readonly decided?: (workspace: string, decision: Decision) => void
  readonly log: Pick<Log, 'error'>
  /** Without one its name is a host like any other. */
  readonly git?: GitRelay | undefined
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

/** What was decided of one request. */
export type Decision = Omit<EgressDecision, 'steps'>

/** One connection, and what is known of its request so far. */
interface Visit {
  readonly workspace: string
  readonly client: Duplex
  /** Aborts when the client is gone. */
  readonly gone: AbortSignal
  kind: Decision['kind']
  /** `host:port` as it was asked for; the address of a repository for git. */
  target: string | undefined
  startedAt: number
  allowed: boolean
}

interface Way {
  readonly target: Target
  readonly host: Socket
}

export function createEgress(parts: EgressParts): Egress {
  const {
    rules,
    audit,
    decided = () => undefined,
    log,
    git,
    resolve = createResolver(),
    connect = systemConnect,
    limits = LIMITS,
  } = parts
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
    else if (asked.kind === 'tunnel') await tunnel(visit, asked)
    else await http(visit, asked)
  }

  async function tunnel(visit: Visit, { authority, head }: TunnelAsked): Promise<void> {
    const { client } = visit
    visit.target = quoted(authority).slice(1, -1)
    const way = await findWay(visit, parseAuthority(authority), 443)
    if (isRefusal(way)) return refuseVisit(visit, way)
    const refusal = await openTunnel(client, head, way.target, way.host, limits)
    if (refusal === undefined) return recordAllowed(visit, way.target)
    recordRefused(visit, refusal)
    cutTunnel(client, refusal)
    way.host.destroy()
  }

  async function http(visit: Visit, asked: HttpAsked): Promise<void> {
    visit.kind = 'http'
    const wanted = httpTarget(asked.request)
    if (isRefusal(wanted)) return refuseVisit(visit, wanted)
    visit.target = quoted(`${wanted.host}:${wanted.port}`).slice(1, -1)
    if (git !== undefined && isForRelay(wanted)) return relay(git, visit, asked, wanted)
    const way = await findWay(visit, wanted, 80)
    if (isRefusal(way)) return refuseVisit(visit, way)
    forward(asked, { ...way.target, path: wanted.path }, visit.client, way.host)
    recordAllowed(visit, way.target)
  }

  async function relay(git: GitRelay, visit: Visit, asked: HttpAsked, wanted: HttpTarget): Promise<void> {
    visit.kind = 'git'
    const { workspace, client, gone } = visit
    const target = await git.judge(workspace, asked.request, wanted, await rules(workspace))
    if (isRefusal(target)) return refuseVisit(visit, target)
    visit.kind = `git.${target.does}`
    visit.target = target.access.url
    recordAllowed(visit, target.access)
    const carried = git.carry(asked, target, { client, gone, limits }).then((outcome) => {
      if (isRefusal(outcome)) refuseVisit(visit, outcome)
      else {
        traffic.add(workspace, outcome)
        recordEnd(visit, outcome)
      }
    })
    carrying.add(carried)
    await carried.finally(() => carrying.delete(carried))
  }

  /** Judged, resolved once, judged again, dialled. */
  async function findWay(
    visit: Visit,
    wanted: Authority | undefined,
    usual: 80 | 443,
  ): Promise<Way | Refusal> {
    if (wanted === undefined) return refuse('malformed', `"${visit.target}" is not "host:port".`)
    const target = findTarget(await rules(visit.workspace), wanted, usual)
    if (isRefusal(target)) return target
    const addresses = await resolveTarget(target, resolve)
    if (isRefusal(addresses)) return addresses
    const host = await dial(target, addresses, connect, visit.gone)
    if (isRefusal(host)) return host
    traffic.watch(visit.workspace, host)
    flows.watch(visit.client, host, (totals) => recordEnd(visit, totals))
    return { target, host }
  }

  function refuseVisit(visit: Visit, refusal: Refusal): void {
    recordRefused(visit, refusal)
    answerRefusal(visit.client, refusal)
  }

  function recordRefused(visit: Visit, refusal: Refusal): void {
    const { reason, message, remedy } = refusal
    const failed = isFailure(refusal)
    const outcome = failed ? 'unavailable' : 'denied'
    audit.record({ ...about(visit), outcome, reason: `${reason}: ${message}` })
    decided(visit.workspace, {
      ...asked(visit),
      outcome: failed ? 'failed' : 'denied',
      reason,
      message,
      ...remedy,
    })
  }

  function recordAllowed(visit: Visit, { rule }: Pick<Target, 'rule'>): void {
    visit.allowed = true
    audit.record({ ...about(visit), outcome: 'ok', rule })
    decided(visit.workspace, { ...asked(visit), outcome: 'allowed', rule })
  }

  /** What was refused has ended with its refusal. */
  function recordEnd(visit: Visit, totals: FlowTotals): void {
    if (visit.allowed) audit.record({ ...about(visit), action: 'egress.end', outcome: 'ok', ...totals })
  }

  return {
    accept(workspace, client) {
      const gone = new AbortController()
      const seat = seats.take(workspace)
      const visit: Visit = {
        workspace,
        client,
        gone: gone.signal,
        kind: 'connect',
        target: undefined,
        startedAt: performance.now(),
        allowed: false,
      }
      clients.add(client)
      client.on('error', () => client.destroy())
      client.once('close', () => {
        clients.delete(client)
        seat.leave()
        gone.abort()
      })
      serve(visit, seat).catch((error: unknown) => {
        log.error({ workspace, err: error }, 'an egress connection broke')
        client.destroy()
      })
    },
    carried: traffic.of,
    async close() {
      for (const client of clients) client.destroy()
      await Promise.all([flows.close(), ...[...carrying].map((one) => one.catch(() => undefined))])
    },
  }
}

function asked({ kind, target }: Visit) {
  return { kind, ...(target === undefined ? {} : { target }) }
}

function about({ workspace, kind, target, startedAt }: Visit) {
  return { workspace, action: `egress.${kind}`, target, ms: Math.round(performance.now() - startedAt) }
}

function tooMany({ connections }: EgressLimits): Refusal {
  return refuse('too-many', `This workspace has ${connections} connections open. Close one to open another.`)
}
