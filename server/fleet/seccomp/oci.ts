// The seccomp table as the JSON that OCI engines read (runtime-spec, config-linux.md#seccomp). It decides nothing.
import { ABSENT, ALLOWED, type ArgumentRule, REFUSED, RULED } from './table.ts'

interface OciArgument {
  readonly index: number
  readonly value: number
  readonly valueTwo?: number
  readonly op: 'SCMP_CMP_MASKED_EQ'
}

interface OciRule {
  readonly names: readonly string[]
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO'
  readonly errnoRet?: number
  readonly args?: readonly OciArgument[]
}

export interface OciSeccomp {
  readonly defaultAction: 'SCMP_ACT_ERRNO'
  readonly defaultErrnoRet: number
  readonly architectures: readonly string[]
  readonly syscalls: readonly OciRule[]
}

const EPERM = 1
const ENOSYS = 38
const LOW = 0xffffffff

export function seccompOci(): OciSeccomp {
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: ENOSYS,
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'],
    syscalls: [
      { names: ALLOWED, action: 'SCMP_ACT_ALLOW' },
      { names: REFUSED, action: 'SCMP_ACT_ERRNO', errnoRet: EPERM },
      { names: ABSENT, action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
      ...Object.entries(RULED).flatMap(([name, rule]) => ruled(name, rule)),
    ],
  }
}

function ruled(name: string, rule: ArgumentRule): OciRule[] {
  return masks(rule).map(({ mask, value }) => ({
    names: [name],
    action: 'SCMP_ACT_ALLOW' as const,
    args: [{ index: rule.index, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' as const }],
  }))
}

/** libseccomp ORs the rules of one argument: so every rule names only what it allows. */
function masks(rule: ArgumentRule): { mask: number; value: number }[] {
  if (rule.test === 'in') return rule.values.map((value) => ({ mask: LOW, value }))
  if (rule.test === 'no-bits') return rule.values.map((mask) => ({ mask, value: 0 }))
  return complement(rule.values, 0, 0)
}

/** "Not one of these" as the prefixes of 32 bits that none of the values has. */
function complement(
  values: readonly number[],
  prefix: number,
  bits: number,
): { mask: number; value: number }[] {
  const mask = bits === 0 ? 0 : (LOW << (32 - bits)) >>> 0
  if (!values.some((value) => (value & mask) >>> 0 === prefix)) return [{ mask, value: prefix }]
  if (bits === 32) return []
  const one = (prefix | (1 << (31 - bits))) >>> 0
  return [...complement(values, prefix, bits + 1), ...complement(values, one, bits + 1)]
}
