import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from 'node-pty'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHISPART, openStage } from './test-stage.ts'
import type { Stage } from './test-stage.ts'
import { openTerminal } from './test-terminal.ts'

const FIVE_MB = 5_000_000
let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  await stage.laptop(['--plan', 'libre'])
})
afterAll(() => stage.close())

/** Says its size at the start, and once more when the kernel tells it of another. */
const RESIZED = 'trap "stty size; exit 0" WINCH; tty; stty size; while :; do read -rt 1 _; done'
const exec = (...args: string[]) => stage.run(['exec', ...args])
const text = async (...args: string[]) => (await exec(...args)).out.toString()
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

const onTerminal = (...args: string[]) => openTerminal(stage, args)

describe('exec on pipes', () => {
  it('runs a line of shell in the directory named from where the person stands', async () => {
    const ran = await exec('--cwd', 'repo', '--', 'git status')
    expect(ran).toMatchObject({ code: 0, err: '' })
    expect(ran.out.toString()).toContain('new.txt')
  })

  it('runs where the person stands when no directory is named, and takes an argv as well as a line', async () => {
    const ran = await stage.run(['exec', '--', 'git', 'status', '-s'], { cwd: 'repo' })
    expect(ran.out.toString()).toBe('?? new.txt\n')
    expect(await text('--', 'printf', '%s|', 'a b', "it's", '$HOME', 'x=y', '')).toBe("a b|it's|$HOME|x=y||")
  })

  it('ends with the exit code of the command', async () => {
    expect(await exec('--', 'exit 7')).toMatchObject({ code: 7 })
    expect(await exec('--', 'kill -TERM $$')).toMatchObject({ code: 143 })
  })

  it('keeps standard output and standard error apart', async () => {
    const ran = await exec('--', 'echo out; echo err >&2')
    expect([ran.out.toString(), ran.err]).toEqual(['out\n', 'err\n'])
  })

  it('streams: the first line is there before the command ends', async () => {
    const child = stage.begin(['exec', '--', 'echo first; read -r line; echo "$line"'])
    const [first] = (await once(child.stdout!, 'data')) as [Buffer]
    expect(first.toString()).toBe('first\n')
    const rest = once(child.stdout!, 'data') as Promise<[Buffer]>
    child.stdin!.end('second\n')
    expect((await rest)[0].toString()).toBe('second\n')
  })

  it('carries 5 MB in and out again, byte for byte', async () => {
    const bytes = randomBytes(FIVE_MB)
    const ran = await stage.run(['exec', '--', 'cat'], { input: bytes })
    expect([ran.code, ran.out.length, sha(ran.out)]).toEqual([0, FIVE_MB, sha(bytes)])
  })

  it('loses no byte to a reader that is slow', async () => {
    writeFileSync(join(stage.directory, 'big'), randomBytes(FIVE_MB))
    const script = `"${process.execPath}" "${CHISPART}" exec -- cat big | { read -rN 1 -t 1 </dev/zero; sha256sum; }`
    const ran = await stage.run([
      'exec',
      '--no-tty',
      '--env',
      `XDG_STATE_HOME=${stage.env.XDG_STATE_HOME}`,
      '--',
      script,
    ])
    expect(ran.out.toString()).toContain(sha(readFileSync(join(stage.directory, 'big'))))
    rmSync(join(stage.directory, 'big'))
  })

  it('stops the command when nobody reads its output any more', async () => {
    const child = stage.begin(['exec', '--', 'yes; echo $? > ended'])
    await once(child.stdout!, 'data')
    const ended = once(child, 'exit')
    child.stdout!.destroy()
    expect(await ended).toEqual([141, null])
  })

  it('stops the command when nobody reads its errors any more, and survives to say so', async () => {
    const child = stage.begin(['exec', '--', 'yes >&2'])
    await once(child.stderr!, 'data')
    const ended = once(child, 'exit')
    child.stderr!.destroy()
    expect(await ended).toEqual([141, null])
  })

  it('forwards a signal, which the command may answer as it likes', async () => {
    const child = stage.begin([
      'exec',
      '--',
      'trap "echo caught; exit 3" TERM; echo ready; while :; do sleep 0.05; done',
    ])
    await once(child.stdout!, 'data')
    const said = once(child.stdout!, 'data') as Promise<[Buffer]>
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect([String((await said)[0]), await ended]).toEqual(['caught\n', [3, null]])
  })

  it('ends a command that ignores a signal at the second one', async () => {
    const child = stage.begin([
      'exec',
      '--',
      'trap "" INT; trap "echo again" TERM; echo ready; while :; do sleep 0.05; done',
    ])
    await once(child.stdout!, 'data')
    child.kill('SIGTERM')
    await once(child.stdout!, 'data')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([130, null])
  })

  it('adds variables, and kills what takes too long', async () => {
    expect(await text('--env', 'A=1', 'B=x=y', '--', 'echo "$A $B"')).toBe('1 x=y\n')
    expect(await exec('--timeout', '50', '--', 'sleep 30')).toMatchObject({ code: 124 })
    expect(await exec('--timeout', 'soon', '--', 'ls')).toMatchObject({ code: 64 })
  })

  it('answers events as JSON lines with --json', async () => {
    const lines = (await text('--json', '--', 'echo hi; exit 3')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { type: 'stdout', data: 'hi\n' },
      { exitCode: 3 },
    ])
  })
})

describe('exec on a terminal', () => {
  it('is a terminal on the other side, of the same size, and follows it', async () => {
    const { pty, ended, until } = onTerminal('exec', '--', RESIZED)
    await until('30 100')
    expect(await until(/\/dev\/pts\/\d+/)).toBeTruthy()
    pty.resize(61, 17)
    await until('17 61')
    expect(await ended).toBe(0)
  })

  it('hands keys over unread: Ctrl-C reaches the program', async () => {
    const { pty, ended, until } = onTerminal(
      'exec',
      '--',
      // bash looks at its traps between two programs: one that lasts would hide a signal that came just before it.
      'trap "echo caught; exit 5" INT; echo ready; while :; do sleep 0.05; done',
    )
    await until('ready')
    pty.write('\x03')
    await until('caught')
    expect(await ended).toBe(5)
  })

  it('stays on pipes when something is piped in', async () => {
    const line = `echo piped | "${process.execPath}" "${CHISPART}" exec -- 'cat; [ -t 0 ] || echo no terminal'`
    const { env, directory } = stage
    const pty = spawn('/bin/sh', ['-c', line], { cwd: directory, env })
    let said = ''
    pty.onData((data) => (said += data))
    await new Promise((resolve) => pty.onExit(resolve))
    expect(said).toBe('piped\r\nno terminal\r\n')
  })
})

describe('exec refused', () => {
  it('says rule, place and the pattern that would allow it, and exits 126', async () => {
    const own = await openStage()
    try {
      await own.laptop(['--plan', 'gratis'])
      const ran = await own.run(['exec', '--', 'git status; rm -rf .'])
      expect(ran).toMatchObject({ code: 126, out: Buffer.from('') })
      expect(ran.err).toContain('rule: R8')
      expect(ran.err).toContain('refused: rm -rf . (column 13)')
      expect(ran.err).toContain('to allow it, add to the plan: "rm"')
      const json = await own.run(['exec', '--json', '--', 'rm x'])
      expect(JSON.parse(json.err)).toMatchObject({
        error: { code: 'denied', data: { rule: 'R8', allow: 'rm x' } },
      })
      expect(await own.run(['exec', '--cwd', '..', '--', 'ls'])).toMatchObject({ code: 126 })
    } finally {
      await own.close()
    }
  })

  it('exits 77 with a wrong token, 69 where nobody answers, and says how to come in', async () => {
    const wrong = await exec('--token', 'wrong', '--', 'ls')
    expect(wrong).toMatchObject({ code: 77, err: expect.stringContaining('chispart pair <code>') })
    const nobody = await exec('--url', 'http://127.0.0.1:9', '--', 'ls')
    expect(nobody).toMatchObject({ code: 69, err: expect.stringContaining('http://127.0.0.1:9') })
    const unknown = await exec('--url', 'http://nowhere.invalid', '--', 'ls')
    expect(unknown).toMatchObject({ code: 69, err: expect.stringContaining('nowhere.invalid') })
    expect(await exec('--url', 'ftp://x', '--', 'ls')).toMatchObject({ code: 64 })
  })

  it('exits 64 with a token that no header can carry, and does not repeat it', async () => {
    const pasted = await exec('--token', 'half\nother-half', '--', 'ls')
    expect(pasted).toMatchObject({ code: 64, err: expect.stringContaining('a line break') })
    expect(pasted.err).not.toContain('other-half')
  })
})
