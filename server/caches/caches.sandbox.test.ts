import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OWNER, STRANGER } from '#server/artifacts/test-artifacts.ts'
import { sweep } from '#server/artifacts/retention.ts'
import { evictCaches } from '#server/store/caches.ts'
import { workspaceId } from '#server/workflow/steps/run-workspace.ts'
import { openStage } from '#server/workflow/steps/test-stage.ts'
import type { Stage } from '#server/workflow/steps/test-stage.ts'
import type { RunFacts } from '#server/workflow/step-runner.ts'

const REPO = 'https://git.example/ana/app.git'
let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  await sql()`insert into users (id, name, role, plan) values (${STRANGER}, ${STRANGER}, 'member', 'libre')`
})
afterAll(async () => {
  await removeAll(STRANGER)
  await stage.close()
})

async function removeAll(owner: string): Promise<void> {
  for (const row of await stage.server.fleet.list(owner)) await stage.server.fleet.remove(row)
}

const sql = () => stage.artifacts.store.db.$client
let runs = 100

interface Project {
  readonly owner?: string
  readonly repo?: string
  readonly branch?: string
  /** Name and content of each file of the repository. */
  readonly files?: Readonly<Record<string, string>>
}

const LOCK = { 'package-lock.json': '{"lockfileVersion":3}' }

/** A run whose repository is there as a clone of it would be. */
async function runOf({ owner = OWNER, repo = REPO, branch = 'main', files = LOCK }: Project = {}) {
  const number = ++runs
  const id = `r${number}`
  const call = stage.callOf('name: Demo\nsteps:\n  - { id: build, uses: exec, with: { cmd: "true" } }\n', {
    run: { id, number, owner, repo },
  })
  await stage.server.fleet.create(owner, `run-demo-${number}`, undefined, { id: workspaceId(call.run) })
  const write = Object.entries(files).map(
    ([name, text]) => `mkdir -p "$(dirname ${name})"; echo '${text}' > ${name}`,
  )
  await inside(
    call.run,
    `cd app && git config user.name a && git config user.email a@b && git checkout -q -b main
    git checkout -q -B ${branch}; ${write.join('\n')}
    git add -A && git commit -q -m all && git update-ref refs/remotes/origin/main HEAD
    git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main`,
  )
  return call.run
}

/** Outside of any step. */
async function inside(run: RunFacts, cmd: string): Promise<string> {
  const { exitCode, stdout } = await stage.server.workspaces.shell(run, AbortSignal.timeout(20_000))(cmd)
  expect(exitCode, cmd).toBe(0)
  return stdout
}

let attempts = 1000
async function step(run: RunFacts, cmd = 'true') {
  const yaml = `name: Demo\nsteps:\n  - { id: build, uses: exec, with: { cmd: ${JSON.stringify(cmd)} } }\n`
  const call = stage.callOf(yaml, { run, attempt: ++attempts })
  const end = await stage.run(call)
  const log = run.owner === OWNER ? await stage.log(call).catch(() => '') : ''
  return { call, log, output: end.output, end }
}

const CACHED = '/work/.cache/npm/_cacache'
const fill = (text: string) =>
  `mkdir -p ${CACHED}/content && echo ${text} > ${CACHED}/content/a && chmod +x ${CACHED}/content/a`
const show = `cat ${CACHED}/content/* 2>/dev/null; true`

/** A run that fills its cache and succeeds. */
async function succeeds(project: Project, text: string) {
  const run = await runOf(project)
  const { log } = await step(run, fill(text))
  await stage.server.runner.ended(run, true)
  return log
}

/** What a run finds in its cache, and its log. */
async function finds(project: Project = {}) {
  const run = await runOf(project)
  const { log, output } = await step(run, show)
  await stage.server.runner.ended(run, false)
  return { log, output }
}

describe('the cache of a run that succeeded', () => {
  it('is there for the next one with the same lockfile, whose log says so', async () => {
    const first = await succeeds({}, 'one')
    expect(first).toMatch(
      /^\[chispart\] No cache of npm for package-lock.json [0-9a-f]{8} yet: it is kept when/,
    )
    const { log, output } = await finds()
    expect(output).toBe('one')
    expect(log).toMatch(/^\[chispart\] Restored 0\.1 MB of npm by package-lock.json [0-9a-f]{8}\.\r\none\n$/)
  })

  it('is left as it is when its key is known already', async () => {
    await succeeds({}, 'another')
    expect((await finds()).output).toBe('one')
  })

  it('begins that of a lockfile that has changed', async () => {
    const changed = { files: { 'package-lock.json': '{"lockfileVersion":2}' } }
    const { log, output } = await finds(changed)
    expect(output).toBe('one')
    expect(log).toContain('Restored 0.1 MB of npm, the newest there is: none is kept for package-lock.json')
    await succeeds(changed, 'two')
    expect((await finds(changed)).output).toBe('two')
    expect((await finds()).output).toBe('one')
  })

  it.each([
    ['another owner', { owner: STRANGER }],
    ['another repository', { repo: 'https://git.example/ana/other.git' }],
    ['another package manager', { files: { 'uv.lock': 'version = 1' } }],
    ['a repository without a lockfile', { files: { 'index.js': '' } }],
  ])('is not given to %s', async (_, project) => {
    expect((await finds(project)).output).toBe('')
  })

  it('of the default branch is read by all branches, and that of a branch by itself alone', async () => {
    const repo = 'https://git.example/ana/branches.git'
    await succeeds({ repo, branch: 'feature', files: { 'package-lock.json': '1' } }, 'poisoned')
    expect((await finds({ repo, files: { 'package-lock.json': '1' } })).output).toBe('')
    expect((await finds({ repo, branch: 'other', files: { 'package-lock.json': '1' } })).output).toBe('')
    expect((await finds({ repo, branch: 'feature', files: { 'package-lock.json': '1' } })).output).toBe(
      'poisoned',
    )
    await succeeds({ repo, files: { 'package-lock.json': '2' } }, 'good')
    expect((await finds({ repo, branch: 'other', files: { 'package-lock.json': '2' } })).output).toBe('good')
  })

  it('is not made by a run that failed, nor by one that only says it is another branch', async () => {
    const repo = 'https://git.example/ana/failed.git'
    const failed = await runOf({ repo })
    await step(failed, fill('failed'))
    await stage.server.runner.ended(failed, false)
    expect((await finds({ repo })).output).toBe('')
    const liar = await runOf({ repo, branch: 'feature' })
    await step(
      liar,
      `${fill('lied')}; git checkout -q -B main; echo '{}' > package-lock.json; git commit -qam x`,
    )
    await stage.server.runner.ended(liar, true)
    expect((await finds({ repo })).output).toBe('')
    expect((await finds({ repo, branch: 'feature' })).output).toBe('lied')
  })

  it('keeps what may run, and no more than the folder of the cache', async () => {
    const repo = 'https://git.example/ana/modes.git'
    const run = await runOf({ repo })
    await step(
      run,
      `${fill('x')}; ln -s /work/app ${CACHED}/out; ln -s content/a ${CACHED}/in; mkdir -p /work/.cache/npm/_npx; touch /work/.cache/npm/_npx/evil`,
    )
    await stage.server.runner.ended(run, true)
    const next = await runOf({ repo })
    const { output } = await step(
      next,
      `cd /work/.cache/npm && find . -printf '%P %y %l\\n' | sort; test -x _cacache/content/a && echo runs; ls /work/.chispart`,
    )
    expect(output).toBe(
      'd \n_cacache d \n_cacache/content d \n_cacache/content/a f \n_cacache/in l content/a\nruns\nchanges\nonce',
    )
  })
})

describe('a run', () => {
  it('restores once for all its steps, and a step that is joined again has the line once', async () => {
    const run = await runOf()
    const both = await Promise.all([step(run, show), step(run, show)])
    expect(both.map(({ output }) => output)).toEqual(['one', 'one'])
    expect(both.filter(({ log }) => log.includes('[chispart]'))).toHaveLength(1)
    const third = await step(run, show)
    expect(third.log).toBe('one\n')
    const [told] = both.filter(({ log }) => log.includes('[chispart]'))
    await stage.restart()
    if (told) await stage.run(told.call)
    expect(told && (await stage.log(told.call))).toBe(told?.log)
  })

  it('is not kept from its work by a cache that cannot be read', async () => {
    const [cache] = await sql()<
      { sha256: string }[]
    >`select sha256 from caches where repo = ${REPO} order by "createdAt" limit 1`
    await stage.artifacts.blobs.remove(cache?.sha256 ?? '')
    const { log, output } = await finds()
    expect(output).toBe('')
    expect(log).toContain('is not restored: The bytes of this artifact are gone.')
    await succeeds({}, 'healed')
    expect((await finds()).output).toBe('healed')
  })

  it('unpacks nothing of an archive that leads out of its folder, and the archive goes', async () => {
    const repo = 'https://git.example/ana/attacked.git'
    await succeeds({ repo }, 'good')
    const tar = pack()
    tar.entry({ name: '.cache/npm/_cacache/content/a' }, 'evil')
    tar.entry({ name: '.cache/npm/_cacache/out', type: 'symlink', linkname: '../../../app' })
    tar.entry({ name: '.cache/npm/_cacache/out/package-lock.json' }, 'pwned')
    tar.finalize()
    const { sha256, bytes } = await stage.artifacts.artifacts.bytes.keep(Readable.from(tar))
    await sql()`update caches set sha256 = ${sha256}, bytes = ${bytes} where repo = ${repo}`
    const run = await runOf({ repo })
    const { log, output } = await step(run, `${show}; cat package-lock.json; ls -a /work; ls /work/.chispart`)
    expect(output).toBe('{"lockfileVersion":3}\n.\n..\n.chispart\napp\nchanges\nonce')
    expect(log).toContain('"out" in it'.replace('out', '.cache/npm/_cacache/out'))
    expect(await sql()`select id from caches where repo = ${repo}`).toEqual([])
  })
})

describe('the room for caches', () => {
  it('goes to those that were used last', async () => {
    const [first, second] = ['https://git.example/ana/one.git', 'https://git.example/ana/two.git']
    await succeeds({ repo: first }, 'first')
    await succeeds({ repo: second }, 'second')
    await finds({ repo: first })
    const [row] = await sql()<{ bytes: number }[]>`select bytes::int from caches where repo = ${first}`
    const size = row?.bytes ?? 0
    const left = async () =>
      (await sql()`select repo from caches where repo in (${first}, ${second})`).map(({ repo }) => repo)
    await evictCaches(stage.artifacts.store, OWNER, { repository: size, owner: 1e9 })
    expect((await left()).sort()).toEqual([first, second])
    await evictCaches(stage.artifacts.store, OWNER, { repository: 1e9, owner: size })
    expect(await left()).toEqual([first])
    await evictCaches(stage.artifacts.store, OWNER, { repository: size - 1, owner: 1e9 })
    expect(await left()).toEqual([])
  })

  it('is free again when nobody used them for a week, or their owner is gone', async () => {
    await succeeds({ repo: 'https://git.example/ana/week.git' }, 'old')
    await succeeds({ repo: 'https://git.example/eve/app.git', owner: STRANGER }, 'of-eve')
    const rows = await sql()<{ sha256: string; ownerId: string }[]>`select sha256, "ownerId" from caches`
    await sql()`update caches set "usedAt" = ${new Date(stage.artifacts.now().getTime() - 8 * 86_400_000)} where "ownerId" = ${OWNER}`
    await removeAll(STRANGER)
    await sql()`delete from users where id = ${STRANGER}`
    stage.artifacts.pass(7 * 3_600_000)
    await sweep(stage.artifacts, new AbortController().signal)
    expect(rows.map(({ ownerId }) => ownerId)).toContain(STRANGER)
    expect(await sql()`select id from caches`).toEqual([])
    for (const { sha256 } of rows) expect(await stage.artifacts.blobs.head(sha256)).toBeUndefined()
  })
})
