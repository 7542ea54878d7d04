import { describe, expect, it } from 'vitest'
import { seccompProgram } from './bpf.ts'
import { type Architecture, syscallNumbers } from './numbers.ts'
import { seccompOci } from './oci.ts'
import { ABSENT, ALLOWED, REFUSED, RULED } from './table.ts'

const ALLOW = 0x7fff0000
const EPERM = 0x00050001
const ENOSYS = 0x00050026
const KILL = 0x80000000
const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7 }

/** What the kernel would answer: the few classic-BPF instructions that the program is made of. */
function verdict(
  architecture: Architecture,
  number: number,
  args: number[] = [],
  audit = AUDIT[architecture],
): number {
  const program = seccompProgram(architecture)
  let accumulator = 0
  for (let at = 0; at < program.length / 8; at++) {
    const [code, jt, jf, k] = [
      program.readUInt16LE(at * 8),
      program.readUInt8(at * 8 + 2),
      program.readUInt8(at * 8 + 3),
      program.readUInt32LE(at * 8 + 4),
    ]
    if (code === 0x06) return k
    if (code === 0x20) accumulator = k === 0 ? number : k === 4 ? audit : (args[(k - 16) / 8] ?? 0)
    if (code === 0x05) at += k
    if (code === 0x15) at += accumulator === k ? jt : jf
    if (code === 0x35) at += accumulator >= k ? jt : jf
    if (code === 0x45) at += (accumulator & k) !== 0 ? jt : jf
  }
  throw new Error('The program ran past its end')
}

describe.each(['x64', 'arm64'] as const)('The seccomp program on %s', (architecture) => {
  const numbers = syscallNumbers(architecture)
  const number = (name: string): number => numbers.get(name) ?? -1

  it('answers for every call what the table says', () => {
    for (const [name, at] of numbers) {
      if (name in RULED) continue
      const expected = ALLOWED.includes(name) ? ALLOW : REFUSED.includes(name) ? EPERM : ENOSYS
      expect([name, verdict(architecture, at)]).toEqual([name, expected])
    }
  })

  it('answers ENOSYS to a call it does not know and kills another architecture', () => {
    expect(verdict(architecture, 10_000)).toBe(ENOSYS)
    expect(verdict(architecture, 0, [], 0x40000003)).toBe(KILL)
  })

  it('judges arguments: socket families, new namespaces, typing into a terminal', () => {
    expect(verdict(architecture, number('socket'), [1])).toBe(ALLOW)
    expect(verdict(architecture, number('socket'), [40])).toBe(EPERM)
    expect(verdict(architecture, number('clone'), [0x11])).toBe(ALLOW)
    expect(verdict(architecture, number('clone'), [0x10000011])).toBe(EPERM)
    expect(verdict(architecture, number('ioctl'), [0, 0x5401])).toBe(ALLOW)
    for (const request of [0x5412, 0x541c, 0x5423])
      expect(verdict(architecture, number('ioctl'), [0, request])).toBe(EPERM)
    expect(verdict(architecture, number('personality'), [0x0040000])).toBe(EPERM)
  })
})

describe('The seccomp table', () => {
  it('puts every known call on exactly one list', () => {
    const listed = [...ALLOWED, ...REFUSED, ...ABSENT, ...Object.keys(RULED)]
    expect(new Set(listed).size).toBe(listed.length)
    const known = new Set([...syscallNumbers('x64').keys(), ...syscallNumbers('arm64').keys()])
    expect(new Set(listed)).toEqual(known)
  })

  it('refuses x32 calls', () => {
    expect(verdict('x64', 0x40000000 + 1)).toBe(EPERM)
  })

  it('says the same to OCI engines: no allowed ioctl is one of the three', () => {
    const rules = seccompOci().syscalls.filter((rule) => rule.names.includes('ioctl'))
    const allows = (request: number): boolean =>
      rules.some((rule) =>
        rule.args?.every(({ value, valueTwo }) => (request & value) >>> 0 === (valueTwo ?? 0)),
      )
    expect([0x5412, 0x541c, 0x5423].map(allows)).toEqual([false, false, false])
    expect([0x5401, 0x5413, 0x5411, 0, 0xffffffff].map(allows)).toEqual([true, true, true, true, true])
  })
})
