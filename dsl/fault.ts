// The one error of the project, and the one table that every door translates it by. It never knows a transport.

interface FaultRule {
  /** HTTP status (RFC 9110, RFC 6585). */
  readonly http: number
  /** WebSocket close code (RFC 6455 §7.4), used when the fault ends the whole connection. */
  readonly ws: number
  /** JSON-RPC error code, as MCP carries it. */
  readonly mcp: number
  /** Exit status of the CLI: sysexits(3), or what timeout(1) and the shell use for the same event. */
  readonly exit: number
  /** Whether the same call may succeed when it is sent again unchanged. */
  readonly retry: boolean
}

export const FAULTS = {
  malformed: { http: 400, ws: 1007, mcp: -32700, exit: 65, retry: false },
  invalid: { http: 422, ws: 1008, mcp: -32602, exit: 64, retry: false },
  unauthenticated: { http: 401, ws: 4401, mcp: -32001, exit: 77, retry: false },
  forbidden: { http: 403, ws: 4403, mcp: -32003, exit: 77, retry: false },
  denied: { http: 403, ws: 4403, mcp: -32003, exit: 126, retry: false },
  not_found: { http: 404, ws: 4404, mcp: -32004, exit: 66, retry: false },
  conflict: { http: 409, ws: 4409, mcp: -32009, exit: 73, retry: false },
  too_large: { http: 413, ws: 1009, mcp: -32013, exit: 65, retry: false },
  rate_limited: { http: 429, ws: 4429, mcp: -32029, exit: 75, retry: true },
  exhausted: { http: 507, ws: 4507, mcp: -32007, exit: 75, retry: false },
  cancelled: { http: 499, ws: 4499, mcp: -32800, exit: 130, retry: false },
  timed_out: { http: 504, ws: 4504, mcp: -32008, exit: 124, retry: true },
  unavailable: { http: 503, ws: 1013, mcp: -32030, exit: 69, retry: true },
  internal: { http: 500, ws: 1011, mcp: -32603, exit: 70, retry: false },
} as const satisfies Record<string, FaultRule>

export type FaultCode = keyof typeof FAULTS

/** What a client reads: `data` holds where the fault is and what would make it right. */
export interface FaultMessage {
  readonly code: FaultCode
  readonly message: string
  readonly data?: unknown
}

export interface FaultOptions {
  readonly data?: unknown
  readonly cause?: unknown
}

/** The only error that crosses a boundary on purpose. `message` is a sentence for a person, without secrets. */
export class Fault extends Error {
  readonly code: FaultCode
  readonly data: unknown

  constructor(code: FaultCode, message: string, options: FaultOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'Fault'
    this.code = code
    this.data = options.data
  }

  toJSON(): FaultMessage {
    return { code: this.code, message: this.message, ...(this.data === undefined ? {} : { data: this.data }) }
  }
}

/** Any thrown value as a Fault. An unknown error becomes `internal` and keeps its text out of the message. */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  return new Fault('internal', 'Something broke on our side. The log has the cause.', { cause: error })
}

export function isFaultCode(code: unknown): code is FaultCode {
  return typeof code === 'string' && Object.hasOwn(FAULTS, code)
}

/** The Fault that a peer sent; a code that this version does not know becomes `internal`. */
export function fromMessage(error: { code: string; message: string; data?: unknown }): Fault {
  return new Fault(isFaultCode(error.code) ? error.code : 'internal', error.message, { data: error.data })
}
