import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OWNER } from '#server/artifacts/test-artifacts.ts'
import type { RunFacts } from '#server/workflow/step-runner.ts'
import { DIFF_MAX } from './changes.ts'
import { workspaceId } from './run-workspace.ts'
import { openStage } from './test-stage.ts'
import type { Stage } from './test-stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

let runs = 0
const START = `cd app && git config user.name a && git config user.email a@b && git checkout -q -B main
  printf 'one\\ntwo\\n' > a.txt; printf 'node_modules\\nignored\\n' > .gitignore; git add -A; git commit -qm first`

/** A run whose repository is there as a clone of it would be. */
async function runOf(start = START): Promise<RunFacts> {
  const number = ++runs
  const { run } = stage.callOf('name: Demo\nsteps: [{ id: build, uses: exec, with: { cmd: "true" } }]\n', {
    run: { id: `r${number}`, number, owner: OWNER, repo: 'https://git.example/ana/app.git' },
  })
  await stage.server.fleet.create(OWNER, `run-changes-${number}`, undefined, { id: workspaceId(run) })
  await inside(run, start)
  return run
}

/** Outside of any step. */
async function inside(run: RunFacts, cmd: string): Promise<string> {
  const { exitCode, stdout } = await stage.server.workspaces.shell(run, AbortSignal.timeout(60_000))(cmd)
  expect(exitCode, cmd).toBe(0)
  return stdout
}

let attempts = 0
const callOf = (run: RunFacts, cmd: string, attempt = ++attempts) =>
  stage.callOf(`name: Demo\nsteps: [{ id: build, uses: exec, with: { cmd: ${JSON.stringify(cmd)} } }]\n`, {
    run,
    attempt,
  })

async function diffOf(run: RunFacts, attempt: number): Promise<string | undefined> {
  const all = await stage.artifacts.mine.list(run.id)
  const found = all.filter((one) => one.attempt === attempt && one.name === 'changes.diff')
  expect(found.length).toBeLessThanOrEqual(1)
  const [diff] = found
  if (!diff) return undefined
  expect(diff).toMatchObject({ kind: 'report', type: 'text/plain' })
  const bytes = await stage.artifacts.artifacts.bytes.get(diff)
  return Buffer.concat(await bytes.toArray()).toString()
}

/** What a step that runs `cmd` changed. */
async function changed(run: RunFacts, cmd: string): Promise<string | undefined> {
  const call = callOf(run, cmd)
  expect(await stage.run(call)).toMatchObject({ ok: true })
  return diffOf(run, call.attempt)
}

describe('what a step changed', () => {
  it('is a diff that makes the same of the tree before: text, bytes, modes, links, odd names, new and gone files', async () => {
    const run = await runOf()
    const diff = await changed(
      run,
      `printf 'one\\nthree\\n' > a.txt; head -c 3000 /dev/urandom > 'b c.bin'; mkdir -p new; echo x > "new/-q\n'.txt"
      echo '#!/bin/sh' > run.sh; chmod +x run.sh; ln -s a.txt link; echo no > ignored; mkdir -p node_modules; echo no > node_modules/x`,
    )
    expect(diff).toContain('-two\n+three\n')
    expect(diff).not.toMatch(/ignored|node_modules/)
    await inside(run, `rm -rf /work/other; git clone -q /work/app /work/other`)
    await stage.server.workspaces.files(run, AbortSignal.timeout(5000))('file.write', {
      path: '/work/c.diff',
      content: diff ?? '',
    })
    await inside(
      run,
      `cd other && git apply /work/c.diff && diff -r --no-dereference -x .git -x ignored -x node_modules . ../app && [ -x run.sh ]`,
    )
    const gone = await changed(run, 'rm a.txt')
    expect(gone).toContain('deleted file mode 100644')
    expect(gone).not.toContain('run.sh')
  })

  it('touches neither the index nor the work tree nor what git knows, and a commit changes nothing', async () => {
    const run = await runOf()
    const state = `cd app; git --no-optional-locks status --porcelain=v2; git rev-list --all; find .git -type f -printf '%p %s %T@\\n' | sort`
    await inside(
      run,
      'cd app; echo staged > a.txt; git add a.txt; echo more >> a.txt; git status > /dev/null',
    )
    const before = await inside(run, state)
    expect(await changed(run, 'true')).toBeUndefined()
    expect(await inside(run, state)).toBe(before)
    expect(await changed(run, 'git commit -qam second')).toBeUndefined()
  })

  it('is nothing of a step before it, and nothing where nothing changed, nor of what was there before the run', async () => {
    const run = await runOf(`${START}; echo mended > by-hand.txt`)
    expect(await changed(run, 'true')).toBeUndefined()
    expect(await changed(run, 'echo 1 > first.txt')).toContain('first.txt')
    const second = await changed(run, 'echo 2 > second.txt; touch a.txt')
    expect(second).toContain('second.txt')
    expect(second).not.toMatch(/first\.txt|a\.txt|by-hand/)
    expect(await changed(run, 'touch second.txt')).toBeUndefined()
  })

  it('is the same when the attempt is delivered again, and is kept when the step fails', async () => {
    const run = await runOf()
    const call = callOf(run, 'echo once >> a.txt; exit 3')
    expect(await stage.run(call)).toMatchObject({ ok: false })
    const first = await diffOf(run, call.attempt)
    expect(first).toContain('+once')
    await stage.run(callOf(run, 'true'))
    await stage.restart()
    await stage.run(call)
    expect(await diffOf(run, call.attempt)).toBe(first)
  })

  it('is bounded: a change past the limit is told by its files, and a huge file is not looked into', async () => {
    const run = await runOf()
    const diff = await changed(run, `seq 900000 > big.txt; head -c 20000000 /dev/zero > huge.bin`)
    expect(diff?.split('\n')[0]).toBe(`The change has more than ${DIFF_MAX} bytes; these are its files.`)
    expect(diff).toMatch(/^ big\.txt \| 900000 \+/m)
    expect(diff).not.toContain('huge.bin')
  })

  it('is found without running a program that the repository names: filters, monitors, hooks', async () => {
    const run = await runOf()
    expect(await changed(run, 'echo first > a.txt')).toContain('+first')
    const own = `/work/.chispart/changes/${run.id}`
    await inside(
      run,
      `cd app; for config in .git/config ${own}/config; do
        git config -f $config filter.x.clean 'touch /work/ran; cat'; git config -f $config core.fsmonitor 'touch /work/ran; false'
        git config -f $config diff.x.textconv 'touch /work/ran; cat'; git config -f $config core.hooksPath /work/hooks
      done; mkdir /work/hooks; printf '#!/bin/sh\ntouch /work/ran\n' > /work/hooks/post-index-change; chmod +x /work/hooks/*
      echo '* filter=x diff=x' > .gitattributes; git add . 2> /dev/null; [ -e /work/ran ]; rm /work/ran`,
    )
    expect(await changed(run, 'echo new > a.txt')).toContain('+new')
    await inside(run, '[ ! -e /work/ran ]')
  })

  it('is nothing where there is no repository, and a repository that is broken fails no step', async () => {
    const run = await runOf('rm -rf app/.git')
    expect(await changed(run, 'echo 1 > x')).toBeUndefined()
    const broken = await runOf()
    expect(await changed(broken, 'echo 1 > x')).toContain('+1')
    expect(await changed(broken, 'rm -rf .git; echo 2 > y')).toBeUndefined()
    expect(await changed(broken, 'echo 3 > z')).toBeUndefined()
  })
})
