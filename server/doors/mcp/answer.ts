// A call's answer or fault as the result of a tool: words for a model, fields for a program, links to what can be fetched.
// It makes no call.
import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/server'
import type { Fault } from '#dsl/fault.ts'
import type { Op } from '#dsl/op.ts'
import { jsonSchema } from '#server/doors/json-schema.ts'
import { isWords } from './kept.ts'
import type { Kept } from './kept.ts'
import { toolName } from './tools.ts'

/** What programs print; the words of a model are in the answer itself. */
const PRINTED = ['stdout', 'stderr']

/** `{ok: true, stream?, truncated?, …output}`: printed text first, then the rest as JSON, then a link per address. */
export function answerResult(op: Op, output: Record<string, unknown>, kept: Kept): CallToolResult {
  const { events, left } = kept.result()
  const truncated = left > 0 ? { truncated: true } : {}
  const stream = op.events === undefined ? {} : { stream: events, ...truncated }
  const said = { ok: true, ...newsOf(events), ...truncated, ...output }
  return {
    content: [...printed(kept), text(JSON.stringify(said)), ...links(op, output)],
    structuredContent: { ok: true, ...stream, ...output },
  }
}

/** What it printed before it failed may say why. */
export function faultResult(fault: Fault, kept: Kept): CallToolResult {
  const error = text(JSON.stringify({ ok: false, error: fault.toJSON() }))
  return { content: [...printed(kept), error], isError: true }
}

/** One event as a line of progress. */
export function progressText(event: unknown): string {
  return isWords(event) ? event.data : JSON.stringify(event)
}

/** Events that are no words: nothing else of the text says them. */
function newsOf(events: readonly unknown[]): { stream?: readonly unknown[] } {
  const news = events.filter((event) => !isWords(event))
  return news.length === 0 ? {} : { stream: news }
}

function printed(kept: Kept): ContentBlock[] {
  const { events, head, left } = kept.result()
  const before = words(events.slice(0, head))
  const after = words(events.slice(head))
  const gap = left > 0 ? `\n[… ${left} characters are left out …]\n` : ''
  return before + after === '' ? [] : [text(before + gap + after)]
}

function words(events: readonly unknown[]): string {
  return events
    .filter(isWords)
    .filter(({ type }) => PRINTED.includes(type))
    .map(({ data }) => data)
    .join('')
}

function links(op: Op, output: Record<string, unknown>): ContentBlock[] {
  const { properties = {} } = jsonSchema(op.output, 'output') as {
    properties?: Record<string, { format?: string }>
  }
  return Object.keys(properties).flatMap((field) => {
    const uri = output[field]
    if (properties[field]?.format !== 'uri' || typeof uri !== 'string') return []
    return [{ type: 'resource_link', uri, name: toolName(op) }]
  })
}

function text(words: string): ContentBlock {
  return { type: 'text', text: words }
}
