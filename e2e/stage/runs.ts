// A stranger who runs workflows over plain HTTP, as API.md says. It knows nothing of the server but its addresses.
import type { StagedServer } from './server.ts'

export interface EndedRun {
  readonly id: string
  readonly state: string
  readonly reason?: string
  readonly workspace?: string
  readonly steps: readonly EndedStep[]
}

export interface EndedStep {
  readonly id: string
  readonly state: string
  readonly attempts: number
  readonly output?: unknown
  readonly error?: { readonly code: string; readonly message: string }
}

export interface RunsOverHttp {
  start(input: object): Promise<string>
  /** All its events, until it has ended or `enough` says so. */
  follow(run: string, enough?: (event: StepNews) => boolean): Promise<void>
  get(run: string): Promise<EndedRun>
  /** Started and followed to its end. */
  ended(input: object): Promise<EndedRun>
  log(run: string, step: string): Promise<string>
  approve(run: string, step: string): Promise<void>
  /** Name → text of the files that it, or one step of it, left behind; its logs are not among them. */
  files(run: string, step?: string): Promise<Record<string, string>>
}

interface StepNews {
  readonly type: string
  readonly step?: { readonly id: string; readonly state: string }
}
interface Artifact {
  readonly id: string
  readonly name: string
  readonly step: string
  readonly kind: string
}

export function runsOverHttp({ url, ownerToken }: Pick<StagedServer, 'url' | 'ownerToken'>): RunsOverHttp {
  async function ask(path: string, body?: object): Promise<Response> {
    const headers = { authorization: `Bearer ${ownerToken}`, 'content-type': 'application/json' }
    const how = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const answer = await fetch(new URL(path, url), { headers, ...how })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return answer
  }
  const json = async <T>(path: string, body?: object) => (await (await ask(path, body)).json()) as T

  const runs: RunsOverHttp = {
    start: async (input) => (await json<{ run: { id: string } }>('/runs', input)).run.id,
    async follow(run, enough = () => false) {
      let text = ''
      for await (const chunk of (await ask(`/runs/${run}/events`)).body!.pipeThrough(
        new TextDecoderStream(),
      )) {
        text += chunk
        const whole = text.split('\n\n')
        text = whole.pop() ?? ''
        for (const event of whole) {
          if (/^event: end$/m.test(event)) return
          if (/^event: fault$/m.test(event)) throw new Error(event)
          const [, data = '{}'] = /^data: (.*)$/m.exec(event) ?? []
          if (enough(JSON.parse(data) as StepNews)) return
        }
      }
      throw new Error('The events ended before the run did.')
    },
    async get(run) {
      const { run: facts, steps } = await json<{ run: EndedRun; steps: EndedStep[] }>(`/runs/${run}`)
      return { ...facts, steps }
    },
    async ended(input) {
      const run = await runs.start(input)
      await runs.follow(run)
      return runs.get(run)
    },
    log: async (run, step) =>
      (await json<{ text: string }>(`/runs/${run}/steps/${encodeURIComponent(step)}/log`)).text,
    approve: async (run, step) => void (await ask(`/runs/${run}/approve`, { step })),
    async files(run, step) {
      const { artifacts } = await json<{ artifacts: Artifact[] }>(`/runs/${run}/artifacts`)
      const kept = artifacts.filter((one) => one.kind !== 'log' && (step ?? one.step) === one.step)
      const texts = kept.map(async ({ id, name }) => {
        const link = await json<{ url: string }>('/api/ops/artifact.link', { artifact: id })
        return [name, await (await ask(link.url)).text()] as const
      })
      return Object.fromEntries(await Promise.all(texts))
    },
  }
  return runs
}

export const statesOf = ({ steps }: EndedRun) => Object.fromEntries(steps.map(({ id, state }) => [id, state]))
