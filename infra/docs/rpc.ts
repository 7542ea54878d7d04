// API-RPC.md: the wire for a stranger who writes a client. Numbers come from the code that enforces them.
import { FAULTS } from '#dsl/fault.ts'
import { FRAME_PAYLOAD_MAX, WINDOW_INITIAL } from '#dsl/wire/frame.ts'
import { SUBPROTOCOL, TEXT_MAX } from '#dsl/wire/message.ts'
import { CALLS_MAX, TOOL_EVENTS_MAX } from '#runtime/link/conversation.ts'
import { code, table, tableRow } from './fields.ts'
import { fill } from './fill.ts'
import { opSections } from './ops.ts'

export function rpcDocument(template: string): string {
  return fill(template, {
    subprotocol: SUBPROTOCOL,
    payloadMax: String(FRAME_PAYLOAD_MAX),
    windowInitial: String(WINDOW_INITIAL),
    textMax: String(TEXT_MAX),
    callsMax: String(CALLS_MAX),
    toolMax: String(TOOL_EVENTS_MAX),
    faults: faultTable(),
    ops: opSections('ws', ({ name }) => code(name)),
  })
}

/** Each fault as every door translates it. */
export function faultTable(): string {
  const rows = Object.entries(FAULTS).map(([name, { http, ws, mcp, exit, retry }]) =>
    tableRow([code(name), ...[http, ws, mcp, exit].map(String), retry ? 'yes' : 'no']),
  )
  return table(['code', 'HTTP', 'close', 'JSON-RPC', 'exit', 'repeat'], rows)
}
