import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import { RUN, fakeArtifacts, fakeRuns } from '#dsl/powers/fake/runs.ts'
import { HELLO_DETAIL, fakeWorkflows } from '#dsl/powers/fake/workflows.ts'
import type { LogPage } from '#dsl/powers/artifacts.ts'
import type { RunEvent, RunState, StepInfo } from '#dsl/powers/runs.ts'
import { SEED_KINDS } from '#dsl/workflow/fake/kinds.ts'
import { openServer } from '#cli/test-server.ts'
import type { TestServer } from '#cli/test-server.ts'
import { openStage } from '#cli/test-stage.ts'
import type { Stage } from '#cli/test-stage.ts'
import { openTerminal } from '#cli/test-terminal.ts'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
const run = (state: RunState, more: object = {}) => ({ type: 'run', run: { ...RUN, state, ...more } })
const step = (id: string, state: StepInfo['state'], more: Partial<StepInfo> = {}) => ({
  type: 'step',
  step: { id, step: id, name: id, state, attempts: 1, costUsd: 0, ...more },
})
const numbered = (events: object[]) =>
  events.map((event, index) => ({ cursor: index + 1, at: at(0), ...event })) as RunEvent[]

/** What the run that is watched does: its events, and what its step `build` printed. */
let events: RunEvent[] = []
let log: LogPage | undefined
/** Whether the events up to `held` are all for now. */
let held: { upTo: number; until: Promise<void> } | undefined
let cancelled: () => void = () => undefined
const asked: unknown[] = []
let stage: Stage
let server: TestServer

beforeAll(async () => {
  stage = await openStage()
  server = await openServer({
    stepKinds: SEED_KINDS,
    workflows: fakeWorkflows(asked),
    artifacts: {
      ...fakeArtifacts(),
      async log(_, id, { offset }) {
        if (id !== 'build' || log === undefined) throw new Fault('not_found', 'There is no log.')
        return { ...log, text: Buffer.from(log.text).subarray(offset).toString() }
      },
    },
    runs: {
      ...fakeRuns(asked),
      cancel: (id) => (cancelled(), fakeRuns(asked).cancel(id)),
      async watch(id, cursor, emit, signal) {
        if (id !== RUN.id) throw new Fault('not_found', `You have no run "${id}".`)
        for (const event of events.filter((one) => one.cursor > cursor)) {
          if (held && event.cursor > held.upTo) await held.until
          signal.throwIfAborted()
          await emit(event)
        }
        return { cursor: events.length }
      },
    },
  })
  writeFileSync(
    join(stage.directory, 'ci.yaml'),
    'name: ci\non: { manual: { inputs: { n: { type: number }, t: } } }\nsteps: [{ uses: shell.exec, with: { cmd: ls } }]\n',
  )
})
afterAll(async () => {
  await server.close()
  await stage.close()
})
beforeEach(() => {
  asked.length = 0
  held = undefined
  log = undefined
  cancelled = () => undefined
})

const chispart = (...args: string[]) => stage.run([...args, '--url', server.url])
const watched = async (list: object[]) => {
  events = numbered(list)
  const { code, out, err } = await chispart('run', 'watch', 'r1')
  return { code, lines: out.toString().trimEnd().split('\n'), err }
}

describe('run', () => {
  it('starts a file with what it asks for, as the kinds that it asks for', async () => {
    const args = ['--input', 'n=3', '--input', 't=3', '--repo', 'https://host/a.git', '--branch', 'main']
    const { code, out, err } = await chispart('run', 'ci.yaml', ...args)
    expect([code, out.toString()]).toEqual([0, 'r1\n'])
    expect(err).toContain('chispart run watch r1')
    const repo = { repo: 'https://host/a.git', branch: 'main' }
    expect(asked).toMatchObject([['start', { file: 'ci.yaml', inputs: { n: 3, t: '3' }, ...repo }]])
  })

  it('starts a stored workflow by its name', async () => {
    expect((await chispart('run', 'hello', '--input', 'who=Ada', '--json')).out.toString()).toContain(
      '"run":{',
    )
    const { text } = HELLO_DETAIL
    expect(asked).toEqual([['start', { text, file: 'hello.yaml', inputs: { who: 'Ada' } }]])
  })

  it('takes a file from standard input', async () => {
    const { code } = await stage.run(['run', '-', '--url', server.url], { input: 'name: x' })
    expect([code, asked]).toMatchObject([0, [['start', { text: 'name: x', file: 'stdin' }]]])
  })

  it('says what is wrong: no such file, no such workflow, an input without a value', async () => {
    expect(await chispart('run', 'gone.yaml')).toMatchObject({
      code: 66,
      err: expect.stringContaining('gone.yaml'),
    })
    expect(await chispart('run', 'gone')).toMatchObject({ code: 66 })
    expect(await chispart('run', 'ci.yaml', '--input', 'n')).toMatchObject({ code: 64 })
  })

  it('keeps the verbs of runs below it', async () => {
    expect((await chispart('run', 'cancel', 'r1', '--yes')).code).toBe(0)
    expect(asked).toEqual([['cancel', 'r1']])
    expect((await chispart('run', 'list')).out.toString()).toContain('hello')
  })
})

describe('run --watch', () => {
  it('prints what happens, what it prints, and why steps were skipped, and ends as the run does', async () => {
    const text = 'one\n\x1b[31mtwo\x1b[0m\x1b[2J\n50%\r100%'
    log = { text, end: Buffer.byteLength(text), open: false }
    events = numbered([
      run('queued'),
      run('running'),
      step('build', 'pending'),
      step('build', 'running'),
      step('build', 'failure', {
        startedAt: at(0),
        endedAt: at(62),
        error: { code: 'x', message: 'exit 1' },
      }),
      step('pr', 'skipped', { reason: 'build failed' }),
      run('failed', { startedAt: at(0), endedAt: at(63), reason: 'build failed' }),
    ])
    const { code, out } = await chispart('run', 'ci.yaml', '--watch')
    expect(out.toString()).toBe(
      [
        'hello #1  r1',
        '  ▸ build',
        '    build │ one',
        '    build │ two',
        '    build │ 100%',
        '  ✗ build  1m 02s  exit 1',
        '  ○ pr  build failed',
        '  ✗ failed  1m 03s  build failed',
        '',
      ].join('\n'),
    )
    expect(code).toBe(1)
  })

  it.each([
    ['succeeded', 0],
    ['failed', 1],
    ['timed_out', 124],
    ['cancelled', 130],
    ['over_budget', 75],
  ] as const)('ends %s with %i', async (state, exit) => {
    expect((await watched([run('running'), run(state)])).code).toBe(exit)
  })

  it('tells an approval how to give it, and that a step runs again', async () => {
    const { lines } = await watched([
      run('running'),
      step('build', 'running'),
      step('build', 'queued', { reason: 'in 2 s' }),
      step('build', 'running', { attempts: 2 }),
      step('build', 'success', { attempts: 2 }),
      step('ship', 'approval', { reason: 'Ship it?' }),
      run('waiting', { reason: 'for an approval' }),
      run('succeeded'),
    ])
    expect(lines.slice(1)).toEqual([
      '  ▸ build',
      '  ↻ build runs again  in 2 s',
      '  ▸ build (attempt 2)',
      '  ✓ build',
      '  ? ship  Ship it?',
      "    chispart run approve r1 'ship'",
      '  ? waiting  for an approval',
      '  ✓ succeeded',
    ])
  })

  it('tells what the sandbox was not let out to, which step asked, and the rule to add', async () => {
    const egress = (more: object) => ({
      type: 'egress',
      egress: { kind: 'connect', steps: ['build'], ...more },
    })
    const { lines } = await watched([
      run('running'),
      egress({ target: 'ok.test:443', outcome: 'allowed', rule: 'ok.test' }),
      egress({ target: 'off.test:443', outcome: 'denied', message: 'The rule "off.test" would allow it.' }),
      egress({
        target: 'gone.test:443',
        outcome: 'failed',
        message: 'It did not answer.',
        steps: ['a', 'b'],
      }),
      egress({ outcome: 'denied', message: 'This is no HTTP.\x1b[2J', steps: [] }),
      run('succeeded'),
    ])
    expect(lines.slice(1)).toEqual([
      '  ⊘ blocked: off.test:443  asked by build  The rule "off.test" would allow it.',
      '  ⊘ out of reach: gone.test:443  asked by a or b  It did not answer.',
      '  ⊘ blocked: a request  This is no HTTP.[2J',
      '  ✓ succeeded',
    ])
  })

  it('loses and repeats nothing when its connection breaks, and says so', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `s${index}`)
    const list = [run('running'), ...names.map((name) => step(name, 'success')), run('succeeded')]
    const broken = Promise.withResolvers<void>()
    held = { upTo: 20, until: broken.promise }
    events = numbered(list)
    const child = stage.begin(['run', 'watch', 'r1', '--url', server.url])
    let out = ''
    let err = ''
    child.stderr?.on('data', (data: Buffer) => (err += data.toString()))
    child.stdout?.on('data', (data: Buffer) => {
      out += data.toString()
      if (held === undefined || !out.includes('✓ s18')) return
      held = undefined
      server.drop()
      broken.resolve()
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect(out.match(/✓ s\d+/g)).toEqual(names.map((name) => `✓ ${name}`))
    expect([code, err]).toEqual([0, 'The connection is lost. Connecting again …\n'])
  })

  it('gives programs the events, a line each', async () => {
    events = numbered([run('running'), run('succeeded')])
    const { out } = await chispart('run', 'watch', 'r1', '--json')
    expect(
      out
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(events)
  })

  it('asks at the first Ctrl-C, cancels at the second, and shows how it ended', async () => {
    events = numbered([run('running'), step('build', 'running'), run('cancelled')])
    const end = Promise.withResolvers<void>()
    held = { upTo: 2, until: end.promise }
    cancelled = () => end.resolve()
    const terminal = openTerminal(stage, ['run', 'watch', 'r1', '--url', server.url])
    await terminal.until('▸')
    terminal.pty.write('\x03')
    await terminal.until('Press Ctrl-C again to cancel the run')
    terminal.pty.write('\x03')
    const shown = await terminal.until('cancelled')
    expect(await terminal.ended).toBe(130)
    expect(shown).toContain('Cancelling the run')
    expect(asked).toContainEqual(['cancel', 'r1'])
  })

  it('leaves the run alone when it is ended otherwise', async () => {
    events = numbered([run('running'), run('cancelled')])
    held = { upTo: 1, until: new Promise(() => undefined) }
    const child = stage.begin(['run', 'watch', 'r1', '--url', server.url])
    child.stdout?.once('data', () => child.kill('SIGTERM'))
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130)
    expect(asked).toEqual([])
  })

  it('ends when the reader of its output has left', async () => {
    events = numbered([run('running'), ...Array.from({ length: 3 }, (_, at) => step(`s${at}`, 'success'))])
    const left = Promise.withResolvers<void>()
    held = { upTo: 1, until: left.promise }
    const child = stage.begin(['run', 'watch', 'r1', '--url', server.url])
    child.stdout?.once('data', () => {
      child.stdout?.once('close', () => left.resolve())
      child.stdout?.destroy()
    })
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(141)
  })

  it('ends with the fault when there is no such run', async () => {
    expect(await chispart('run', 'watch', 'r2')).toMatchObject({
      code: 66,
      err: expect.stringContaining('"r2"'),
    })
  })
})

describe('runs', () => {
  it('is a table, and tells how to see more', async () => {
    const { out, err } = await chispart('runs', '--state', 'failed', '--limit', '5')
    expect(out.toString()).toMatch(/^id {2}workflow .*\nr1 {2}hello #1 /)
    expect(err).toContain('chispart runs --cursor next')
    expect(asked).toEqual([['list', { state: 'failed', limit: 5 }]])
  })
})

describe('logs', () => {
  it('prints a log byte for byte', async () => {
    const text = '\x1b[31mred\x1b[0m\r\nñ'
    log = { text, end: Buffer.byteLength(text), open: false }
    expect((await chispart('logs', 'r1', 'build')).out.toString()).toBe(text)
    expect(await chispart('logs', 'r1', 'none')).toMatchObject({ code: 66 })
  })

  it('ends with what there is while the step runs, or follows it to its end', async () => {
    log = { text: 'one\n', end: 4, open: true }
    expect((await chispart('logs', 'r1', 'build')).out.toString()).toBe('one\n')
    const child = stage.begin(['logs', 'r1', 'build', '--follow', '--url', server.url])
    let out = ''
    child.stdout?.on('data', (data: Buffer) => {
      out += data.toString()
      log = { text: 'one\ntwo\n', end: 8, open: false }
    })
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
    expect(out).toBe('one\ntwo\n')
  })
})
