// The one path of every call: who, may they, where, and what happened. It never knows a protocol, nor runs a command.
import { CATALOG, doorInput, findOp } from '#dsl/catalog.ts'
import { Fault } from '#dsl/fault.ts'
import type { Door, Emit, Op } from '#dsl/op.ts'
import { parseInput, perform } from '#dsl/perform.ts'
import { planGrant } from '#dsl/policy/plan.ts'
import type { Allowlist } from '#dsl/policy/plan.ts'
import type { Powers } from '#dsl/powers/powers.ts'
import type { Grant } from '#dsl/wire/link.ts'
import type { Principal } from './auth/principal.ts'
import type { Audit } from './events/audit.ts'
import { callLasting } from './fleet/lasting.ts'
import type { LastingRequest } from './fleet/lasting.ts'
import type { Mux, StreamClient } from './fleet/mux.ts'
import type { Fleet } from './fleet/fleet.ts'
import type { Log } from './log.ts'
import { despiteOutage } from './store/despite-outage.ts'
import { isDatabaseAway, storeFault } from './store/transaction.ts'
import { Detached } from './workflow/step-runner.ts'

/** How long the database may be away before a call that can be made again fails of it. */
const OUTAGE_MS = 5000

/** The other end of a call. */
export interface Peer {
  /** IP address. */
  readonly address: string
  /** Where it reaches this server: `http://localhost:3000`. */
  readonly origin: string
}

export interface Call {
  readonly principal: Principal | undefined
  readonly peer: Peer
  readonly door: Door
  readonly op: string
  readonly input: Record<string, unknown>
  readonly signal: AbortSignal
  readonly emit: Emit<unknown>
  /** Who takes byte streams; a door without any leaves it out. */
  readonly client?: StreamClient | undefined
  /** Takes from the grant of the plan; it never adds. */
  readonly narrow?: ((grant: Grant) => Grant) | undefined
  /** An op in a workspace runs once under the id, whatever happens to this server; `emit` is then this one. */
  readonly lasting?: Pick<LastingRequest, 'id' | 'emit'>
}

/** Faults: not_found, unauthenticated, invalid, denied, timed_out, cancelled; and whatever the op faults with. */
export type Dispatch = (call: Call) => Promise<Record<string, unknown>>

export interface DispatchParts {
  readonly fleet: Fleet
  readonly mux: Mux
  readonly allowlist: Allowlist
  readonly audit: Audit
  readonly log: Log
  /** The powers of control ops, narrowed to who asks; a stranger is undefined. */
  readonly powers: (principal: Principal | undefined, peer: Peer) => Partial<Powers>
}

/** A call whose op is known and whose input fits. */
interface Checked extends Call {
  readonly checked: Record<string, unknown>
}

export function createDispatch(parts: DispatchParts): Dispatch {
  return async (call) => {
    const began = performance.now()
    const where: Where = { workspace: undefined }
    try {
      const op = lookUp(call)
      const output = await inTime(op, call.signal, (signal) => {
        const act = () => run(parts, op, { ...call, signal }, where)
        return isRepeatable(op) ? despiteOutage(OUTAGE_MS, signal, act) : act()
      })
      record(parts, call, where, began, undefined)
      return output
    } catch (error) {
      const fault = error instanceof Detached ? letGo() : storeFault(error)
      record(parts, call, where, began, fault)
      throw fault
    }
  }
}

/** Nobody has seen anything of it before its answer. */
const isRepeatable = ({ idempotent, runs, events }: Op) =>
  idempotent && runs === 'control' && events === undefined

const letGo = () => new Fault('cancelled', 'This process let go of the call. Another one joins it.')

interface Where {
  workspace: string | undefined
}

function lookUp(call: Call): Op {
  const op = findOp(call.op)
  if (!op)
    throw new Fault(
      'not_found',
      `There is no op "${call.op.slice(0, 100)}". ${CATALOG.length} are in /api/docs.`,
    )
  if (!op.public && !call.principal)
    throw new Fault('unauthenticated', `${op.name} needs you to sign in.`, { data: { reason: 'missing' } })
  if (!op.doors.includes(call.door))
    throw new Fault('not_found', `${op.name} is not behind this door. It is behind: ${op.doors.join(', ')}.`)
  return op
}

async function run(parts: DispatchParts, op: Op, call: Call, where: Where): Promise<Record<string, unknown>> {
  const checked = parseInput(op.name, doorInput(op), call.input)
  const ready = { ...call, checked }
  if (op.runs === 'workspace') return inWorkspace(parts, op, ready, where)
  const powers = { ...parts.powers(call.principal, call.peer), signal: call.signal }
  return perform(op, powers, checked, call.emit)
}

async function inWorkspace(parts: DispatchParts, op: Op, call: Checked, where: Where) {
  const { fleet, mux, allowlist } = parts
  const { principal, client, signal } = call
  if (!principal) throw new Fault('unauthenticated', `${op.name} needs you to sign in.`)
  const { workspace, ...input } = call.checked
  if (!client && input['stream'] === true)
    throw new Fault('invalid', `${op.name}: "stream": byte streams need the WebSocket door /rpc.`)
  const planned = planGrant(allowlist, principal.plan)
  const grant = call.narrow?.(planned) ?? planned
  const row = await fleet.find(principal.user, workspace as string | undefined)
  where.workspace = row.id
  const reach = (until: AbortSignal) => (op.wakes ? fleet.reach(row, until) : fleet.runningLink(row, until))
  if (call.lasting)
    return op.output.parse(await callLasting(reach, { ...call.lasting, op: op.name, input, grant, signal }))
  const link = await reach(signal)
  signal.throwIfAborted()
  const streams = client ? mux.reserve(client, link, op.streams) : []
  const emit: Emit<unknown> = (event) => {
    const sent = call.emit(op.events ? op.events.parse(event) : event)
    mux.told(streams)
    return sent
  }
  try {
    const output = op.output.parse(await link.call({ op: op.name, input, grant, streams, signal, emit }))
    settle(mux, streams, output['stream'])
    return output
  } catch (error) {
    mux.release(streams)
    throw error
  }
}

/** The answer names the stream that outlives its call. Frames wait until the door, some microtasks later, has sent it. */
function settle(mux: Mux, streams: readonly number[], lasting: unknown): void {
  setImmediate(() => {
    mux.told(streams)
    mux.release(streams.filter((id) => id !== lasting))
  })
}

async function inTime<T>(op: Op, outer: AbortSignal, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  outer.throwIfAborted()
  if (op.timeoutMs === 0) return act(outer)
  const late = new AbortController()
  const fault = new Fault('timed_out', `${op.name} took longer than ${op.timeoutMs / 1000} s.`)
  const timer = setTimeout(() => late.abort(fault), op.timeoutMs)
  try {
    return await act(AbortSignal.any([outer, late.signal]))
  } finally {
    clearTimeout(timer)
  }
}

function record(
  parts: DispatchParts,
  call: Call,
  { workspace }: Where,
  began: number,
  fault: Fault | undefined,
): void {
  const { principal, door } = call
  const action = findOp(call.op)?.name ?? 'unknown'
  const outcome = fault?.code ?? 'ok'
  const ms = Math.round(performance.now() - began)
  const rule = ruleOf(fault)
  parts.audit.record({ principal, workspace, action, outcome, door, ms, reason: fault?.message, rule })
  const line = { op: action, user: principal?.user, workspace, door, ms, outcome, rule }
  if (fault?.code === 'internal') parts.log.error({ ...line, err: fault.cause ?? fault }, 'call')
  else if (isDatabaseAway(fault)) parts.log.warn({ ...line, err: fault?.cause }, 'call')
  else parts.log.info(line, 'call')
}

function ruleOf(fault: Fault | undefined): string | undefined {
  const { rule } = (fault?.data ?? {}) as { rule?: unknown }
  return typeof rule === 'string' ? rule : undefined
}
