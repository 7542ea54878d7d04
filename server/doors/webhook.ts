// The door for webhooks: POST /hooks/github and /hooks/{name}, signed with the operator's secret. It parses no body
// whose signature is not right, and answers before a step runs.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { Fault } from '#dsl/fault.ts'
import type { Value } from '#dsl/workflow/expression/value.ts'
import { parseBody, readBody } from '#server/body.ts'
import type { Audit } from '#server/events/audit.ts'
import { readWebhookEvent } from '#server/github/webhook-event.ts'
import type { Delivery, Hooks } from '#server/workflow/hooks.ts'

export interface WebhookParts {
  /** Without one the door stays shut. */
  readonly secret: string | undefined
  /** Base address of GitHub's API, which says where its repositories are. */
  readonly apiUrl: string
  readonly hooks: Hooks
  readonly audit: Audit
}

/** Printable ASCII: GitHub's is a UUID. */
const DELIVERY = /^[\x21-\x7e]{1,200}$/

export function webhookDoor(parts: WebhookParts): Hono {
  const app = new Hono()
  app.post('/hooks/github', (c) => take(parts, c, 'github', fromGithub))
  app.post('/hooks/:name', (c) => take(parts, c, c.req.param('name'), fromAnyone))
  app.all('/hooks/*', () => {
    throw new Fault('not_found', 'Webhooks are POSTs to /hooks/github or /hooks/NAME.')
  })
  return app
}

type Read = (c: Context, name: string, body: unknown, parts: WebhookParts) => Delivery | string

async function take(parts: WebhookParts, c: Context, name: string, read: Read): Promise<Response> {
  const { secret, hooks, audit } = parts
  const note = (outcome: string, reason?: string) =>
    audit.record({ action: 'webhook', outcome, door: 'webhook', ...(reason === undefined ? {} : { reason }) })
  try {
    if (secret === undefined)
      throw new Fault('unavailable', 'This server takes no webhooks. Set CHISPART_WEBHOOK_SECRET.')
    const body = await readBody(c)
    verify(secret, body, c.req.header('x-hub-signature-256'))
    const delivery = read(c, name, parseBody(body), parts)
    if (typeof delivery === 'string') {
      note('ok', delivery)
      return c.json({ ok: true, runs: [], note: delivery }, 202)
    }
    const runs = await hooks(delivery)
    note('ok', `${name}: ${runs.length} runs`)
    return c.json({ ok: true, runs: runs.map(({ id, workflow, number }) => ({ id, workflow, number })) }, 202)
  } catch (error) {
    if (error instanceof Fault) note(error.code, error.message)
    throw error
  }
}

/** GitHub Docs, Validating webhook deliveries: `sha256=` and the HMAC of the body as it came. */
function verify(secret: string, body: Buffer, signature: string | undefined): void {
  const right = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
  const given = Buffer.from(signature ?? '')
  if (given.length === right.length && timingSafeEqual(given, right)) return
  throw new Fault(
    'unauthenticated',
    'The signature is missing or wrong: X-Hub-Signature-256 is the HMAC of the body.',
  )
}

function fromGithub(c: Context, _: string, body: unknown, { apiUrl }: WebhookParts): Delivery | string {
  const name = c.req.header('x-github-event')
  if (name === undefined || !/^[a-z_]{1,100}$/.test(name))
    throw new Fault('malformed', 'X-GitHub-Event does not name an event.')
  const read = readWebhookEvent(name, body, apiUrl)
  if (read === undefined) return 'Nothing is left of it to work on.'
  if (read.fromFork)
    return 'A pull request from a fork starts nothing here: its code is not from this repository.'
  const { event, repo, branch, commit } = read
  return {
    happening: { type: 'github', ...event, body: body as Value },
    id: idOf(c, 'x-github-delivery'),
    repo,
    branch,
    commit,
  }
}

function fromAnyone(c: Context, name: string, body: unknown): Delivery {
  return { happening: { type: 'webhook', name, body: body as Value }, id: idOf(c, 'idempotency-key') }
}

/** Undefined: every delivery is its own. */
function idOf(c: Context, header: string): string | undefined {
  const id = c.req.header(header)
  if (id !== undefined && !DELIVERY.test(id))
    throw new Fault('malformed', `${header} is at most 200 letters of ASCII.`)
  return id
}
