// One request's MCP server: it lists the tools and calls them, as the person who asks. It knows no HTTP and no session.
import { McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import type { CallToolRequest, CallToolResult, RequestId, ServerContext } from '@modelcontextprotocol/server'
import { Fault } from '#dsl/fault.ts'
import type { Emit, Op } from '#dsl/op.ts'
import { storeFault } from '#server/store/transaction.ts'
import { VERSION } from '#server/version.ts'
import { answerResult, faultResult, progressText } from './answer.ts'
import type { Flow } from './flow.ts'
import { keepEnds } from './kept.ts'
import { TOOLS, findTool } from './tools.ts'

const INSTRUCTIONS =
  'Tools act in a workspace: a sandbox with a name and files that last. Make one by workspace.create; most tools take its ' +
  'name as "workspace". A command that ends badly is a result with its exitCode; isError means that it did not run. A ' +
  'refusal says which rule refused it.'

/** What a request's server may do in the name of who sent it. */
export interface Conversation {
  call(op: Op, input: Record<string, unknown>, until: AbortSignal, emit: Emit<unknown>): Promise<Answer>
  /** Until when the call of that id may go on, given the signal of its connection. `done` is called when it is over. */
  until(id: RequestId, connected: AbortSignal): { readonly signal: AbortSignal; done(): void }
  /** An earlier request of the same session is not wanted any more. */
  cancel(id: RequestId | undefined): void
  readonly flow: Flow
}

type Answer = Record<string, unknown>

export function mcpServer(conversation: Conversation): McpServer {
  const mcp = new McpServer(
    { name: 'chispart', title: 'Chispart', version: VERSION },
    { capabilities: { tools: { listChanged: false } }, instructions: INSTRUCTIONS },
  )
  mcp.server.setRequestHandler('tools/list', () => ({ tools: [...TOOLS] }))
  mcp.server.setRequestHandler('tools/call', ({ params }, context) => callTool(conversation, params, context))
  mcp.server.setNotificationHandler('notifications/cancelled', ({ params }) =>
    conversation.cancel(params.requestId),
  )
  return mcp
}

/** Every fault of the call is a result that the model reads; only a tool that is none breaks the protocol. */
async function callTool(
  conversation: Conversation,
  { name, arguments: input = {} }: CallToolRequest['params'],
  { mcpReq }: ServerContext,
): Promise<CallToolResult> {
  const op = findTool(name)
  if (op === undefined) throw noTool(name)
  const { signal, done } = conversation.until(mcpReq.id, hangUp(mcpReq.signal))
  const kept = keepEnds()
  const progress = progressOf(mcpReq, conversation.flow, signal)
  const emit = (event: unknown) => {
    kept.take(event)
    return progress(progressText(event))
  }
  try {
    return answerResult(op, await conversation.call(op, input, signal, emit), kept)
  } catch (error) {
    return faultResult(storeFault(error), kept)
  } finally {
    done()
  }
}

const noTool = (name: string) =>
  new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `There is no tool "${name.slice(0, 100)}". tools/list names all.`,
  )

/** Sends a line of progress, in order, and waits while too much of it waits; without a token the client wants none. */
function progressOf({ _meta, notify }: ServerContext['mcpReq'], flow: Flow, signal: AbortSignal) {
  const progressToken = _meta?.progressToken
  let progress = 0
  return async (message: string): Promise<void> => {
    if (progressToken === undefined) return
    progress += 1
    flow.sent(message.length)
    const params = { progressToken, progress, message }
    // Who has hung up reads no progress; the signal ends the call.
    await notify({ method: 'notifications/progress', params }).catch(() => undefined)
    await flow.drained(signal)
  }
}

/** The protocol's own reason is no Fault. */
function hangUp(signal: AbortSignal): AbortSignal {
  const gone = new AbortController()
  const leave = () => gone.abort(new Fault('cancelled', 'The caller hung up.'))
  if (signal.aborted) leave()
  signal.addEventListener('abort', leave, { once: true })
  return gone.signal
}
