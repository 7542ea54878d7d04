// Runs and artifacts that remember what they were asked, for tests of ops and faces.
import { Fault } from '#dsl/fault.ts'
import type { ArtifactInfo, Artifacts } from '#dsl/powers/artifacts.ts'
import type { RunDetail, RunEvent, RunInfo, Runs, WaitingApproval } from '#dsl/powers/runs.ts'

export const RUN: RunInfo = {
  id: 'r1',
  number: 1,
  workflow: 'hello',
  state: 'succeeded',
  trigger: 'manual',
  costUsd: 0,
  createdAt: '2026-01-01T00:00:00.000Z',
}

export const EVENTS: readonly RunEvent[] = [
  { type: 'run', cursor: 1, at: RUN.createdAt, run: { ...RUN, state: 'running' } },
  {
    type: 'step',
    cursor: 2,
    at: RUN.createdAt,
    step: { id: 'a', step: 'a', name: 'a', state: 'success', attempts: 1, costUsd: 0 },
  },
  { type: 'run', cursor: 3, at: RUN.createdAt, run: RUN },
]

const DETAIL: RunDetail = {
  run: RUN,
  steps: [],
  edges: [],
  policy: { allow_commands: ['npm ci'] },
  egress: [{ kind: 'connect', target: 'off.test:443', outcome: 'denied', reason: 'host', steps: ['a'] }],
  inputs: {},
  text: 'name: hello',
  cursor: 3,
}

export const APPROVAL: WaitingApproval = {
  run: 'r1',
  number: 1,
  workflow: 'hello',
  step: 'ask',
  name: 'ask',
  question: 'Ship it?',
}

export const ARTIFACT: ArtifactInfo = {
  id: 'a1',
  run: 'r1',
  step: 'build',
  attempt: 1,
  name: 'build.log',
  kind: 'log',
  type: 'text/plain',
  bytes: 3,
  sha256: 'ab'.repeat(32),
  createdAt: RUN.createdAt,
}

export function fakeRuns(asked: unknown[] = []): Runs {
  const known = (run: string) => {
    if (run !== RUN.id) throw new Fault('not_found', `You have no run "${run}".`)
  }
  const answer = (...what: unknown[]) => {
    asked.push(what)
    return Promise.resolve(RUN)
  }
  return {
    start: (spec) => answer('start', spec),
    list: (filter) => answer('list', filter).then((run) => ({ runs: [run], cursor: 'next' })),
    approvals: () => Promise.resolve([APPROVAL]),
    get: (run) => Promise.resolve().then(() => (known(run), DETAIL)),
    cancel: (run) => answer('cancel', run),
    repeat: (run, how) => answer('repeat', run, how),
    decide: (run, step, verdict) => answer('decide', run, step, verdict),
    async watch(run, cursor, emit) {
      known(run)
      for (const event of EVENTS.filter((one) => one.cursor > cursor)) await emit(event)
      return { cursor: EVENTS.length }
    },
  }
}

export function fakeArtifacts(asked: unknown[] = []): Artifacts {
  const ask = <T>(answer: T, ...what: unknown[]): Promise<T> => {
    asked.push(what)
    return Promise.resolve(answer)
  }
  return {
    list: (run) => ask([ARTIFACT], 'list', run),
    link: (artifact) => ask({ url: 'https://host/artifacts/a1', expiresAt: RUN.createdAt }, 'link', artifact),
    log: (run, step, at) => ask({ text: 'ok\n', end: 3, open: false }, 'log', run, step, at),
  }
}
