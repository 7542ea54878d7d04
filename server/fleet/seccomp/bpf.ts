// The seccomp table as a classic-BPF program (seccomp(2), linux/filter.h) for `bwrap --seccomp`. It decides nothing.
import { type Architecture, syscallNumbers } from './numbers.ts'
import { ABSENT, ALLOWED, type ArgumentRule, REFUSED, RULED } from './table.ts'

interface Instruction {
  readonly code: number
  readonly jt: number
  readonly jf: number
  readonly k: number
}

/** From `start` up to the next span, every number runs the same `body`. */
interface Span {
  readonly start: number
  readonly body: readonly Instruction[]
}

const LOAD = 0x20
const JUMP = 0x05
const IF_EQUAL = 0x15
const IF_AT_LEAST = 0x35
const IF_BITS = 0x45
const RETURN = 0x06

const OFFSET_NUMBER = 0
const OFFSET_ARCHITECTURE = 4
const OFFSET_ARGUMENTS = 16

const AUDIT: Readonly<Record<Architecture, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 }
const X32_BIT = 0x40000000

const KILL = [step(RETURN, 0x80000000)]
const ALLOW = [step(RETURN, 0x7fff0000)]
const EPERM = [step(RETURN, 0x00050001)]
const ENOSYS = [step(RETURN, 0x00050026)]

/** The program, 8 bytes an instruction in the machine's (little-endian) order. */
export function seccompProgram(architecture: Architecture): Buffer {
  const program = [
    step(LOAD, OFFSET_ARCHITECTURE),
    step(IF_EQUAL, AUDIT[architecture], 1, 0),
    ...KILL,
    step(LOAD, OFFSET_NUMBER),
    ...search(spans(architecture)),
  ]
  return Buffer.concat(program.map(encode))
}

function spans(architecture: Architecture): Span[] {
  const bodies = new Map<number, readonly Instruction[]>()
  const numbers = syscallNumbers(architecture)
  const put = (names: readonly string[], body: (name: string) => readonly Instruction[]): void => {
    for (const name of names) {
      const number = numbers.get(name)
      if (number !== undefined) bodies.set(number, body(name))
    }
  }
  put(ALLOWED, () => ALLOW)
  put(REFUSED, () => EPERM)
  put(ABSENT, () => ENOSYS)
  put(Object.keys(RULED), (name) => judge(RULED[name]))
  return merge(bodies)
}

function merge(bodies: ReadonlyMap<number, readonly Instruction[]>): Span[] {
  const last = Math.max(...bodies.keys()) + 1
  const merged: Span[] = []
  for (let number = 0; number <= last; number++) {
    const body = bodies.get(number) ?? ENOSYS
    if (merged.at(-1)?.body !== body) merged.push({ start: number, body })
  }
  return [...merged, { start: X32_BIT, body: EPERM }]
}

/** A binary search over the spans. A jump reaches 255 instructions, so a longer way takes an extra one. */
function search(list: readonly Span[]): readonly Instruction[] {
  const middle = list[list.length >> 1]
  if (list.length <= 1 || middle === undefined) return list[0]?.body ?? ENOSYS
  const low = search(list.slice(0, list.length >> 1))
  const high = search(list.slice(list.length >> 1))
  if (low.length <= 255) return [step(IF_AT_LEAST, middle.start, low.length, 0), ...low, ...high]
  return [step(IF_AT_LEAST, middle.start, 0, 1), step(JUMP, low.length), ...low, ...high]
}

function judge(rule: ArgumentRule | undefined): readonly Instruction[] {
  if (rule === undefined) return EPERM
  const [hit, miss] = rule.test === 'in' ? [ALLOW, EPERM] : [EPERM, ALLOW]
  const code = rule.test === 'no-bits' ? IF_BITS : IF_EQUAL
  const tests = rule.values.map((value, at) => step(code, value, rule.values.length - at, 0))
  return [step(LOAD, OFFSET_ARGUMENTS + 8 * rule.index), ...tests, ...miss, ...hit]
}

function step(code: number, k: number, jt = 0, jf = 0): Instruction {
  return { code, jt, jf, k }
}

function encode({ code, jt, jf, k }: Instruction): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(code, 0)
  bytes.writeUInt8(jt, 2)
  bytes.writeUInt8(jf, 3)
  bytes.writeUInt32LE(k >>> 0, 4)
  return bytes
}
