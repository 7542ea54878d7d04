// What GitHub's refusal means to the one who asked. The token is never in it.
// Source: docs.github.com/rest, "Troubleshooting the REST API" and "Rate limits".
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import type { FaultCode } from '#dsl/fault.ts'

const SAID_MAX = 500
/** Octokit's RequestError, by its shape: its package is not one of ours. */
const Refusal = z.object({
  status: z.int(),
  message: z.string(),
  response: z
    .object({
      headers: z.record(z.string(), z.unknown()).default({}),
      data: z
        .object({
          message: z.string().optional(),
          errors: z
            .array(
              z.union([
                z.string(),
                z.looseObject({
                  message: z.string().optional(),
                  field: z.string().optional(),
                  code: z.string().optional(),
                }),
              ]),
            )
            .optional(),
        })
        .catch({}),
    })
    .optional(),
})
type Refusal = z.output<typeof Refusal>
type Written = 'pull requests' | 'commit statuses'

const NOT_FOUND: Readonly<Record<Written, string>> = {
  'pull requests':
    'Look at "repo" and "number"; a repository that GITHUB_TOKEN may not see is not found either.',
  'commit statuses': 'Give GITHUB_TOKEN the right to see this repository and to write its commit statuses.',
}

/** `what`: that which was to be written. */
export function githubFault(error: unknown, token: string, what: Written = 'pull requests'): Fault {
  if (error instanceof Fault) return error
  const read = Refusal.safeParse(error)
  if (!read.success || read.data.response === undefined)
    return new Fault('unavailable', 'GitHub does not answer. Look at GITHUB_API_URL, or try again.')
  const { status, response } = read.data
  const { code, remedy } = meaning(read.data, what)
  const said = sentences(response.data).replaceAll(token, '***').slice(0, SAID_MAX)
  const after = Number(response.headers['retry-after'])
  return new Fault(code, `GitHub answered ${status}: ${said}. ${remedy}`, {
    data: { status, ...(after > 0 ? { retryAfterSeconds: after } : {}) },
  })
}

/** A second pull request of one head and base, which GitHub does not take. */
export function isDoubled(error: unknown): boolean {
  const read = Refusal.safeParse(error)
  return (
    read.success &&
    read.data.status === 422 &&
    sentences(read.data.response?.data ?? {}).includes('already exists')
  )
}

function meaning({ status, response }: Refusal, what: Written): { code: FaultCode; remedy: string } {
  if (status === 401) return { code: 'forbidden', remedy: 'Give the server a GITHUB_TOKEN that is valid.' }
  if (status === 429 || (status === 403 && isLimited(response)))
    return { code: 'rate_limited', remedy: 'Try again later.' }
  if (status === 403)
    return { code: 'forbidden', remedy: `Give GITHUB_TOKEN the right to write ${what} of this repository.` }
  if (status === 404 || status === 410) return { code: 'not_found', remedy: NOT_FOUND[what] }
  if (status >= 500) return { code: 'unavailable', remedy: 'Try again later.' }
  return { code: 'invalid', remedy: 'Change what it names.' }
}

function isLimited(response: Refusal['response']): boolean {
  const headers = response?.headers ?? {}
  const said = response?.data.message ?? ''
  return headers['x-ratelimit-remaining'] === '0' || 'retry-after' in headers || /rate limit/i.test(said)
}

function sentences({
  message = 'no reason given',
  errors = [],
}: NonNullable<Refusal['response']>['data']): string {
  const more = errors.map((one) =>
    typeof one === 'string' ? one : (one.message ?? `${one.field ?? ''} is ${one.code ?? 'wrong'}`),
  )
  return [message, ...more].join('; ')
}
