// The attack suite over one kind of sandbox: `describe` blocks over a server that a factory opens. Everything that e2e/attacks
// holds is tried, as every plan, and afterwards host, server and neighbour are as they were.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeOf, LAIR, OWNER_PLAN, plansOf, said } from '#e2e/stage/attacked.ts'
import type { Attacked } from '#e2e/stage/attacked.ts'
import type { Client } from '#e2e/stage/client.ts'
import { ARCHIVE } from './archive.ts'
import { breachOf, textOf } from './attack.ts'
import type { Attack } from './attack.ts'
import { DOORS } from './doors.ts'
import { runInside } from './entrances.ts'
import { FILES } from './files.ts'
import { GREED, LIMITS } from './greed.ts'
import { greedSuite } from './greed-suite.ts'
import { HOST } from './host.ts'
import { KERNEL } from './kernel.ts'
import { KINDS } from './kinds.ts'
import { NEIGHBOUR } from './neighbour.ts'
import { NETWORK } from './network.ts'
import { raceSuite } from './race-suite.ts'
import { RACES } from './races.ts'
import { TUNNEL } from './tunnel.ts'

const MIB = 1_048_576
const PLANS = await plansOf()
const ATTACKS: readonly Attack[] = [...HOST, ...KERNEL, ...NETWORK, ...NEIGHBOUR, ...TUNNEL, ...ARCHIVE]
const LONG = { timeout: 180_000 }

export function attackSuite(driver: string, open: () => Promise<Attacked>): void {
  describe(`Attacks on ${driver}`, () => {
    let at: Attacked
    beforeAll(async () => {
      at = await open()
    }, LONG.timeout)
    afterAll(async () => at.close(), LONG.timeout)

    const attacked = () => at
    fromOutside(attacked)
    fromInside(attacked)
    byOps(attacked)
    raceSuite(attacked)
    onItself(attacked)
    greedSuite(attacked)
    afterwards(attacked)
  })
}

function fromOutside(at: () => Attacked): void {
  it('there are enough of them, of every kind', () => {
    const all = [...ATTACKS, ...FILES, ...GREED, ...LIMITS, ...RACES, ...DOORS]
    expect(KINDS.filter((kind) => !all.some((attack) => attack.kind === kind))).toEqual([])
    expect(all.length).toBeGreaterThan(200)
    expect(new Set(ATTACKS.map(({ kind, name }) => `${kind}: ${name}`)).size).toBe(ATTACKS.length)
  })

  it('what should work outside of a sandbox works there, and is seen', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'outside-'))
    const { outside } = at()
    for (const attack of ATTACKS.filter(({ worksOutside }) => worksOutside)) {
      const heard = await onHost(textOf(attack.command, outside), folder)
      expect([attack.name, breachOf(attack, heard, outside)]).toEqual([attack.name, expect.any(String)])
    }
    await rm(folder, { recursive: true })
    expect(at().hits()).toBeGreaterThan(0)
  })
}

function fromInside(at: () => Attacked): void {
  it('what is allowed beside them works', LONG, async () => {
    const { outside, people } = at()
    const controls = ATTACKS.flatMap(({ name, control }) => (control ? [{ name, ...control }] : []))
    const commands = [...new Set(controls.map(({ command }) => textOf(command, outside)))]
    const heard = await runInside(client(people, OWNER_PLAN), LAIR, OWNER_PLAN, commands)
    const failed = controls.flatMap(({ name, command, allowed }) => {
      const text = heard[commands.indexOf(textOf(command, outside))] ?? ''
      return allowed.test(text) ? [] : [[name, text.slice(0, 300)]]
    })
    expect(failed).toEqual([])
  })

  it.each(PLANS)('no program of a person of the plan %s succeeds', LONG, async (plan) => {
    const { outside, people } = at()
    const commands = ATTACKS.map(({ command }) => textOf(command, outside))
    const heard = await runInside(client(people, plan), LAIR, plan, commands)
    expect(breaches(ATTACKS, heard, at())).toEqual([])
  })

  it.each(PLANS.filter((plan) => plan !== OWNER_PLAN))(
    'nor does any of them as a command of the plan %s',
    LONG,
    async (plan) => {
      const { outside, people } = at()
      let denied = 0
      const heard: string[] = []
      for (const { command } of ATTACKS) {
        const answer = await client(people, plan).call('exec', {
          workspace: LAIR,
          cmd: textOf(command, outside),
          timeout: 20_000,
        })
        if (codeOf(answer) === 'denied') denied += 1
        heard.push(codeOf(answer) === 'denied' ? '' : said(answer))
      }
      expect(breaches(ATTACKS, heard, at()).filter(([, text]) => text !== 'was not refused: ')).toEqual([])
      expect(denied).toBeGreaterThan(ATTACKS.length / 2)
    },
  )
}

function breaches(attacks: readonly Attack[], heard: readonly string[], { outside }: Attacked) {
  return attacks.flatMap((attack, index) => {
    const breach = breachOf(attack, heard[index] ?? '', outside)
    return breach === undefined ? [] : [[`${attack.kind}: ${attack.name}`, breach.slice(0, 300)] as const]
  })
}

function byOps(at: () => Attacked): void {
  it.each(FILES)('an op refuses $name', async ({ prepare, op, input, codes }) => {
    const { owner, run } = at()
    await run('evil', `export LC_ALL=C; mkdir -p /work/files; cd /work/files; ${prepare}`)
    const below = (key: string) =>
      typeof input[key] === 'string' && !input[key].startsWith('/')
        ? { [key]: `/work/files/${input[key]}` }
        : {}
    const paths = { ...below('path'), ...below('from'), ...below('to') }
    expect(codes).toContain(codeOf(await owner.call(op, { workspace: 'evil', ...input, ...paths })))
    expect(await run('evil', 'echo alive')).toBe('alive\n')
  })

  it.each(PLANS)("a person of the plan %s has no way into another's workspace", async (plan) => {
    const person = client(at().people, plan)
    for (const { name, op, input, codes } of DOORS) {
      const code = codeOf(await person.call(op, input(at().outside)))
      expect([name, codes]).toEqual([name, expect.arrayContaining([code])])
    }
    const { workspaces } = (await person.call('workspace.list')) as unknown as {
      workspaces: { name: string }[]
    }
    expect(workspaces.map(({ name }) => name)).toEqual([LAIR])
  })

  it.each(PLANS)('a person of the plan %s has a terminal only where nothing is listed', async (plan) => {
    const person = client(at().people, plan)
    const opened = await person.call('pty.open', { workspace: LAIR })
    expect(codeOf(opened)).toBe(plan === OWNER_PLAN ? 'ok' : 'denied')
    if (plan === OWNER_PLAN) await person.call('pty.close', { workspace: LAIR, pty: String(opened['pty']) })
  })
}

function onItself(at: () => Attacked): void {
  it.each(['TERM', 'KILL'])(
    'whoever ends the runtime by SIG%s has another with the next call',
    LONG,
    async (signal) => {
      const { run } = at()
      await run('evil', `(trap "" TERM; kill -${signal} -1)`)
      expect(await run('evil', 'echo back')).toBe('back\n')
      expect(await run('neighbour', 'echo untouched')).toBe('untouched\n')
    },
  )
}

function afterwards(at: () => Attacked): void {
  describe('after all of it', () => {
    it('the host is as it was, and nobody came through to it', async () => {
      const { outside, hits } = at()
      expect(hits()).toBe(0)
      const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')
      expect(sha256(await readFile(outside.hostFile))).toBe(sha256(outside.hostText))
      expect((await stat(outside.hostFile)).nlink).toBe(1)
      const status = await readFile(`/proc/${outside.serverPid}/status`, 'utf8')
      expect(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024).toBeLessThan(600 * MIB)
    })

    it('every byte of the neighbour is whole, and its process works on', async () => {
      const { run, kept, outside } = at()
      expect(await run('neighbour', 'sha256sum kept/*')).toBe(kept)
      expect(await readFile(`/proc/${outside.neighbour.pid}/comm`, 'utf8')).toBe('sleep\n')
    })

    it('the attacked workspaces still answer', async () => {
      expect(await at().run('evil', 'echo alive')).toBe('alive\n')
      for (const plan of PLANS) {
        const answer = await client(at().people, plan).call('file.list', { workspace: LAIR, path: '/work' })
        expect([plan, codeOf(answer)]).toEqual([plan, 'ok'])
      }
    })
  })
}

/** Like the runner inside: both outputs as one text. */
function onHost(command: string, cwd: string): Promise<string> {
  return new Promise((done) =>
    execFile('bash', ['-c', command], { cwd, timeout: 10_000 }, (_, out, err) => done(out + err)),
  )
}

function client(people: ReadonlyMap<string, Client>, plan: string): Client {
  const found = people.get(plan)
  if (found === undefined) throw new Error(`Nobody has the plan "${plan}".`)
  return found
}
