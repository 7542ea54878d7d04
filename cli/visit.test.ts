import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStage } from './test-stage.ts'
import type { Stage } from './test-stage.ts'
import { openTerminal } from './test-terminal.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.close())

const terminals = async () => {
  const { out } = await stage.run(['pty', 'list', '--json'])
  return (JSON.parse(out.toString()) as { ptys: { id: string; name: string; attached: number }[] }).ptys
}

const PROMPT = /bash-[\d.]+[#$] /
/** A shell whose prompt is the same on every machine. */
const shell = (...args: string[]) => openTerminal(stage, ['shell', ...args, '--', 'bash --norc -i'])

describe('a terminal that lasts', () => {
  it('is left by Ctrl-] d, runs on, and is found again with its screen', async () => {
    await stage.laptop(['--plan', 'libre'])
    const first = shell('--name', 'work')
    await first.until(PROMPT)
    first.pty.write('here=42; echo "a$here"\r')
    await first.until('a42')
    first.pty.write('\x1dd')
    expect(await first.ended).toBe(0)
    expect(await first.until('chispart attach')).toContain('\x1b[?1049l')
    expect(await terminals()).toMatchObject([{ name: 'work', attached: 0 }])

    const again = openTerminal(stage, ['attach', 'work'])
    await again.until('a42')
    again.pty.write('echo "b$here"\r')
    await again.until('b42')
    again.pty.write('exit 9\r')
    expect(await again.ended).toBe(9)
  })

  it('shows one terminal to two people at once, and follows the size of its window', async () => {
    await stage.laptop(['--plan', 'libre'])
    const one = shell()
    await one.until(PROMPT)
    const two = openTerminal(stage, ['attach'])
    await two.until(PROMPT)
    one.pty.write('echo "x$((40 + 2))y"\r')
    await two.until('x42y')
    one.pty.resize(71, 19)
    one.pty.write('until [ "$(stty size)" = "19 71" ]; do sleep 0.05; done; echo followed"."\r')
    await one.until('followed.')
    two.pty.write('exit\r')
    expect(await Promise.all([one.ended, two.ended])).toEqual([0, 0])
  })

  it('can be left while the connection is lost', async () => {
    const { child } = await stage.laptop(['--plan', 'libre'])
    const visitor = shell()
    await visitor.until(PROMPT)
    child.kill('SIGTERM')
    await visitor.until('The connection is lost')
    visitor.pty.write('\x1dd')
    expect(await visitor.ended).toBe(0)
  })

  it('is refused under a plan without terminals, and on pipes', async () => {
    await stage.laptop(['--plan', 'gratis'])
    const refused = openTerminal(stage, ['shell'])
    expect(await refused.ended).toBe(126)
    expect(await refused.until('gratis')).toContain('no interactive terminals')
    expect(await stage.run(['shell'])).toMatchObject({
      code: 64,
      err: expect.stringContaining('chispart exec'),
    })
    const none = openTerminal(stage, ['attach'])
    expect(await none.ended).toBe(66)
  })
})
