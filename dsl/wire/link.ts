// What server and runtime say to each other over the link, besides the client's own frames. It never opens a socket.
//
// The link is one byte stream of packets (packet.ts): kind 0 is a text frame (JSON, UTF-8), kind 1 a binary frame. The
// length counts kind and payload. The runtime dials and says `hello` first.
import { z } from 'zod'
import type { CallId } from './message.ts'

/** The runtime's first frame. The token arrived by an inherited pipe; the first right hello wins the link. */
export const Hello = z.strictObject({
  hello: z.strictObject({
    token: z.string().min(32).max(128),
    version: z.string().max(64),
    pid: z.int(),
    /** Whether the workspace had a repository when the runtime was ready. */
    repository: z.boolean().default(false),
    /** Whom a further link is for, as the server asked; the runtime's own link has none. */
    guest: z.string().min(1).max(128).optional(),
  }),
})
export type Hello = z.input<typeof Hello>

/** What a call may do in the workspace: decided by the server, built into powers by the runtime. */
export const Grant = z.strictObject({
  /** Plan's name, for the denial's text and the audit. */
  plan: z.string(),
  /** Command patterns of the plan; `*` alone allows any shell text. Empty: none. */
  commands: z.array(z.string()),
  /** The lists that `commands` was narrowed from: what R9 wants spelled, each of them must spell. */
  within: z.array(z.array(z.string())).optional(),
  /** Whether the plan has interactive terminals. */
  terminals: z.boolean(),
})
export type Grant = z.output<typeof Grant>

/** server → runtime: one call. The server has chosen the stream ids, so that it can relay frames unread. */
export const LinkCall = z.strictObject({
  call: z.string().min(1).max(128).describe('Call id, unique on this link'),
  op: z.string(),
  input: z.record(z.string(), z.unknown()),
  grant: Grant,
  /** Ids that this call may open streams under, as many as the op says. */
  streams: z.array(z.int()),
  /**
   * Id of a call that outlives the link: it runs once in its workspace, and who calls again under it joins it. Its
   * events carry `n`, their number from 1 on, and `at`, the bytes of text (`data`) in the events before.
   */
  once: z.string().min(1).max(1024).optional(),
  /** For `once`: number of the last event that the caller has. */
  after: z.int().min(0).optional(),
})
export type LinkCall = z.output<typeof LinkCall>

/** server → runtime: every event of the call until number `ack` is safe, so the runtime may forget them. */
export const LinkAck = z.strictObject({ ack: z.int().min(1), once: z.string() })

/** server → runtime: ends every call that outlives its link and whose `once` starts so. */
export const LinkCancelOnce = z.strictObject({ cancel_once: z.string().min(1) })

/** server → runtime: dial once more, and say this in the hello. The further link is whole, and handed to another process. */
export const LinkInvite = z.strictObject({ invite: z.string().min(1).max(128) })

/** runtime → server, as replies and events of a client's connection: `{id, ok, …}` and `{id, event}`, `id` being `call`. */
export type LinkCallId = Extract<CallId, string>
