import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStage } from './test-stage.ts'
import type { CallOptions, Stage } from './test-stage.ts'
import type { StepCall } from '#server/workflow/step-runner.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

const shell = (cmd: string, more = '') =>
  `name: Demo\n${more}steps:\n  - id: build\n    uses: shell.exec\n    with:\n      cmd: ${JSON.stringify(cmd)}\n`
let attempts = 100
/** A step that no other test of this file has run. */
const fresh = (yaml: string, options: CallOptions = {}) =>
  stage.callOf(yaml, { ...options, attempt: ++attempts })

describe('a step that runs a command', () => {
  it('ends with its standard output, and its log holds all that it printed', async () => {
    const call = fresh(shell('echo out; echo err >&2; sleep 0; printf "  ñ✓ "'))
    expect(await stage.run(call)).toEqual({ ok: true, output: 'out\n  ñ✓', costUsd: 0 })
    const log = await stage.log(call)
    expect([...log].sort().join('')).toBe([...'out\nerr\n  ñ✓ '].sort().join(''))
  })

  it('fails with the exit code of its command, and keeps what it printed', async () => {
    expect(await stage.run(fresh(shell('echo so far; exit 3')))).toEqual({
      ok: false,
      failure: { exitCode: 3 },
      error: { code: 'exit', message: 'exec ended with the exit code 3.' },
      output: 'so far',
      costUsd: 0,
    })
  })

  it('receives values as arguments and as variables, and never as shell', async () => {
    const evil = `'; touch /work/pwned; echo "$(id)`
    const yaml = `name: Demo
on: { manual: { inputs: { evil: {} } } }
env: { SHARED: 'all-\${{ inputs.evil }}' }
steps:
  - id: build
    uses: shell.exec
    env: { OWN: '\${{ env.SHARED }}' }
    with: { cmd: 'printf "%s|" \${{ inputs.evil }} "$OWN"; ls /work' }
    outputs: { first: '\${{ steps.build.output }}' }
`
    const end = await stage.run(fresh(yaml, { names: { inputs: { evil } } }))
    const output = `${evil}|all-${evil}|app`
    expect(end).toEqual({ ok: true, output, outputs: { first: output }, costUsd: 0 })
  })

  it('is stopped at its timeout with everything that it started', async () => {
    const yaml = `${shell('sleep 4321 & sleep 4321')}    timeout: 300\n`
    expect(await stage.run(fresh(yaml))).toMatchObject({
      ok: false,
      failure: { fault: 'timed_out' },
      error: { message: 'The step took longer than its timeout of 300 ms.' },
    })
    const left = fresh(
      shell('cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " " | grep -c "sleep 432[1]" || true'),
    )
    expect(await stage.run(left)).toMatchObject({ output: '0' })
  })

  it('ends with the reason of the signal when it is cancelled', async () => {
    const control = new AbortController()
    const reason = new Error('the run was cancelled')
    const call = fresh(shell('echo started; sleep 4321'))
    const end = stage.run(call, control.signal)
    await expect.poll(() => stage.log(call).catch(() => '')).toBe('started\n')
    control.abort(reason)
    await expect(end).rejects.toBe(reason)
  })
})

describe('a step on a terminal', () => {
  const onTerminal = (cmd: string) =>
    `name: Demo\nsteps:\n  - id: build\n    uses: exec\n    with: { pty: true, cols: 90, rows: 20, cmd: ${JSON.stringify(cmd)} }\n`

  async function recording({ run, attempt }: StepCall) {
    const found = (await stage.artifacts.mine.list(run.id)).find(
      (one) => one.kind === 'recording' && one.attempt === attempt,
    )
    if (!found) return undefined
    const { url } = await stage.artifacts.mine.link(found.id)
    const response = await stage.artifacts.artifacts.routes().request(url)
    const [header, ...events] = (await response.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    return { name: found.name, header, events: events as [number, string, string][] }
  }

  it('leaves a recording of what it showed, to be downloaded', async () => {
    const call = fresh(onTerminal(`stty size; test -t 1 && printf '\\033[32m✓ %s\\033[0m\\n' "$TERM"`))
    expect(await stage.run(call)).toMatchObject({ ok: true })
    const { name, header, events } = (await recording(call)) ?? {}
    expect(name).toBe('build.cast')
    expect(header).toMatchObject({ version: 2, width: 90, height: 20, env: { TERM: 'xterm-256color' } })
    const shown = events?.map(([, , text]) => text).join('')
    expect(shown).toBe('20 90\r\n\u001b[32m✓ xterm-256color\u001b[0m\r\n')
    expect(new Set(events?.map(([, type]) => type))).toEqual(new Set(['o']))
  })

  it('leaves it also when it failed, and none when it showed nothing or had no terminal', async () => {
    const bad = fresh(onTerminal('echo so far; exit 3'))
    await stage.run(bad)
    expect((await recording(bad))?.events.map(([, , text]) => text).join('')).toBe('so far\r\n')
    for (const call of [fresh(onTerminal('true')), fresh(shell('echo plain'))]) {
      await stage.run(call)
      expect(await recording(call)).toBeUndefined()
    }
  })
})

describe('the policy of a workflow', () => {
  const policy = 'policy:\n  allow_commands: ["printf *", "curl *"]\n'

  it('allows what it and the plan list', async () => {
    expect(await stage.run(fresh(shell('printf yes', policy), { plan: 'pro' }))).toMatchObject({
      output: 'yes',
    })
  })

  it('allows variables of the author, and none that leads a listed command to another', async () => {
    const listed = 'policy:\n  allow_commands: ["printenv *", "sh *"]\n'
    const call = (name: string) => {
      const made = fresh(shell(`printenv ${name}`, listed))
      return { ...made, step: { ...made.step, env: { CI: 'yes', [name]: 'of the author; $(id)' } } }
    }
    for (const name of ['FOO', 'PR_TITLE', 'NODE_ENV'])
      expect(await stage.run(call(name)), name).toMatchObject({ output: 'of the author; $(id)' })
    for (const name of ['PATH', 'LD_PRELOAD', 'BASH_ENV', 'npm_config_script_shell'])
      expect(await stage.run(call(name)), name).toMatchObject({
        failure: { fault: 'denied' },
        error: { message: expect.stringContaining(`"${name}"`) },
      })
  })

  it.each([
    ['the policy does not list', 'cat /etc/hosts', 'pro'],
    ['the plan does not list', 'curl example.org', 'pro'],
    ['the policy does not list, whatever the plan', 'cat /etc/hosts', 'libre'],
    ['would hide another', 'printf "$(id)"', 'libre'],
  ])('refuses a command that %s, and says by which rule', async (_, cmd, plan) => {
    const call = fresh(shell(cmd, policy), { plan })
    expect(await stage.run(call)).toMatchObject({ ok: false, failure: { fault: 'denied' } })
    expect(stage.audited.at(-1)).toMatchObject({
      action: 'exec',
      door: 'workflow',
      outcome: 'denied',
      rule: expect.stringMatching(/^R\d/),
      principal: { via: 'workflow', credential: 'r1' },
    })
  })
})

describe('the hosts of a workflow', () => {
  const knock = (host: string) =>
    `exec 3<>/dev/tcp/127.0.0.1/3128; printf "CONNECT ${host}:443 HTTP/1.1\\r\\nHost: ${host}:443\\r\\n\\r\\n" >&3; timeout 10 cat <&3`
  const ask = (host: string) => shell(knock(host), 'policy:\n  egress_allow: [group, three.test]\n')

  it.each([
    ['both lists name reaches the net', 'one.test', /^(?!.*(?:egress_allow|list of allowed hosts))/s],
    ['only the operator lists', 'two.test', /The entry "two\.test" there would allow it/],
    ['only the policy lists', 'three.test', /not on the list of allowed hosts/],
  ])('are narrowed: what %s', async (_, host, says) => {
    const call = fresh(ask(host), { run: { id: 'r9', number: 9 } })
    const end = await stage.run(call)
    await stage.server.runner.ended(call.run, true)
    expect(end).toMatchObject({ ok: true, output: expect.stringMatching(says) })
    expect(String(end.output)).toMatch(/^HTTP\/1\.1 \d{3}/)
  })

  it('stay narrowed for who looks into the workspace after a restart', async () => {
    const call = fresh(ask('one.test'), { run: { id: 'r10', number: 10 } })
    await stage.run(call)
    await stage.restart()
    const { fleet } = stage.server
    const row = await fleet.find('ana', 'run-demo-10')
    const signal = AbortSignal.timeout(20_000)
    const link = await fleet.reach(row, signal)
    const said: unknown[] = []
    const grant = { plan: 'libre', commands: ['*'], terminals: false }
    const emit = (event: unknown) => Promise.resolve(void said.push(event))
    const input = { cmd: knock('two.test') }
    await link.call({ op: 'exec', input, grant, streams: [], signal, emit })
    expect(JSON.stringify(said)).toContain('would allow it')
    await stage.server.runner.ended(call.run, true)
  })
})

describe('a run', () => {
  it('has one workspace of its own for all its steps, found again after a crash', async () => {
    await stage.run(fresh(shell('echo kept > /work/app/file')))
    await stage.restart()
    expect(await stage.run(fresh(shell('cat file')))).toMatchObject({ output: 'kept' })
    const names = (await stage.server.fleet.list('ana')).map(({ name }) => name)
    expect(names).toEqual(['run-demo-1'])
  })

  it('loses its workspace when it succeeded, and keeps it when it failed', async () => {
    const call = fresh(shell('true'), { run: { id: 'r2', number: 2 } })
    await Promise.all([stage.run(call), stage.run({ ...call, attempt: 99, key: 'r2/build/99' })])
    await stage.server.runner.ended(call.run, false)
    const names = async () => (await stage.server.fleet.list('ana')).map(({ name }) => name)
    expect(await names()).toContain('run-demo-2')
    await stage.server.runner.ended(call.run, true)
    await stage.server.runner.ended(call.run, true)
    expect(await names()).not.toContain('run-demo-2')
  })

  it('goes on in the workspace of another run, and leaves it to the person who mended it', async () => {
    await stage.run(fresh(shell('echo begun > begun'), { run: { id: 'r20', number: 20 } }))
    const next = fresh(shell('cat begun'), { run: { id: 'r21', number: 21, home: 'r20' } })
    expect(await stage.run(next)).toMatchObject({ ok: true, output: 'begun' })
    await stage.server.runner.ended(next.run, true)
    const names = (await stage.server.fleet.list('ana')).map(({ name }) => name)
    expect(names).toContain('run-demo-20')
    const nowhere = fresh(shell('true'), { run: { id: 'r22', number: 22, home: 'gone' } })
    expect(await stage.run(nowhere)).toMatchObject({ ok: false, failure: { fault: 'conflict' } })
  })

  it('does not take a workspace of a person for its own', async () => {
    await stage.server.fleet.create('ana', 'run-demo-7', undefined)
    const call = fresh(shell('true'), { run: { id: 'r7', number: 7 } })
    await stage.run(call)
    await stage.server.runner.ended(call.run, true)
    const names = (await stage.server.fleet.list('ana')).map(({ name }) => name)
    expect(names).toContain('run-demo-7')
  })
})

describe('a step of another op', () => {
  it('has the answer of the op for its output', async () => {
    await stage.run(fresh(shell('echo content > file.txt')))
    const yaml = `name: Demo
steps:
  - id: look
    uses: file.read
    with: { path: file.txt }
    outputs: { text: '\${{ steps.look.output.content }}' }
`
    expect(await stage.run(fresh(yaml))).toMatchObject({
      ok: true,
      output: { content: 'content\n', encoding: 'utf8' },
      outputs: { text: 'content\n' },
    })
  })
})

describe('a step that is delivered again', () => {
  it('makes one commit, with the id of its attempt in the reflog', async () => {
    const set = 'git init -q -b main . && git config user.name Ana && git config user.email ana@example.org'
    await stage.run(fresh(shell(`${set} && echo one > one`)))
    const call = fresh(
      'name: Demo\nsteps:\n  - { id: save, uses: git.commit, with: { message: Saved, all: true } }\n',
    )
    const first = await stage.run(call)
    expect(first).toMatchObject({ ok: true, output: { commit: { subject: 'Saved' } } })
    await stage.run(fresh(shell('echo two > two')))
    expect(await stage.run(call)).toEqual(first)
    const reflog = await stage.run(fresh(shell('git log -g --format=%gs; git status --short')))
    expect(reflog).toMatchObject({ output: `${call.key}: Saved\n?? two` })
  })
})

describe('a step that runs tests', () => {
  it('fails when one of them fails, and says which', async () => {
    const code =
      "import { it } from 'node:test'; it('adds', () => { throw new Error('no') }); it('is', () => {})"
    await stage.run(fresh(shell(`echo '{"scripts":{"test":"node --test"}}' > package.json`)))
    await stage.run(fresh(shell(`echo ${JSON.stringify(code)} > sum.test.mjs`)))
    const call = fresh('name: Demo\nsteps:\n  - { id: tests, uses: tests.run }\n')
    expect(await stage.run(call)).toMatchObject({
      ok: false,
      failure: { exitCode: 1 },
      output: { passed: 1, failed: 1, failures: [{ name: 'adds', file: 'sum.test.mjs', line: 1 }] },
    })
    expect(await stage.log(call)).toContain('adds')
  })
})
