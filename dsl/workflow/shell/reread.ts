// Commands that read an argument as a program of its own: there a value would be read twice, so no quoting is enough.
// The list is a courtesy, as the policy's is: it catches what people write, and the sandbox is the boundary.
import { refusedBuiltin } from '#dsl/policy/builtin.ts'

export interface Argument {
  readonly value: string
  /** Whether an expression stands in it. */
  readonly isData: boolean
}

interface Reader {
  readonly program: RegExp
  /** The option that the program text follows; `all`: every argument is one; `first`: the first that is no option. */
  readonly code: RegExp | 'all' | 'first'
}

const READERS: readonly Reader[] = [
  {
    program: /^(?:(?:ba|da|k|z|a|fi|c|tc)?sh|busybox|pwsh|powershell)$/,
    code: /^(?:[-+]\w*c\w*|--command)$/,
  },
  { program: /^(?:ssh|watch|su|parallel|runuser|at|batch)$/, code: 'all' },
  { program: /^(?:node|nodejs|bun|tsx)$/, code: /^(?:-[ep]+|--eval|--print)$/ },
  { program: /^deno$/, code: /^eval$/ },
  { program: /^(?:python|pypy)[\d.]*$/, code: /^-\w*c$/ },
  { program: /^(?:perl|ruby)[\d.]*$/, code: /^-\w*[eE]$/ },
  { program: /^(?:php|Rscript|lua|osascript)[\d.]*$/, code: /^-[re]$/ },
  { program: /^(?:npm|npx|pnpm|yarn)$/, code: /^(?:-c|--call|--shell-mode)$/ },
  { program: /^(?:script|flock)$/, code: /^(?:-\w*c|--command)$/ },
  { program: /^(?:awk|gawk|mawk|nawk|sed|gsed)$/, code: 'first' },
]

/** Why no value may stand in these words, or undefined. Words are what the program would receive, the program first. */
export function rereads(words: readonly Argument[]): string | undefined {
  const [program] = words
  if (program === undefined || !words.some((word) => word.isData)) return undefined
  const builtin = refusedBuiltin(words.map((word) => word.value))
  if (builtin !== undefined) return `"${program.value}" reads its arguments as shell.`
  for (const [index, word] of words.entries()) {
    const name = word.value.split('/').at(-1) ?? ''
    const reader = READERS.find((candidate) => candidate.program.test(name))
    if (reader !== undefined && readsData(reader.code, words.slice(index + 1)))
      return `"${name}" reads this argument as a program.`
  }
  return undefined
}

function readsData(code: Reader['code'], args: readonly Argument[]): boolean {
  if (code === 'all') return args.some((arg) => arg.isData)
  if (code === 'first') return readsFirst(args)
  return args.some((arg, index) => {
    const [option = '', inline] = arg.value.split(/=(.*)/s)
    if (!code.test(option)) return false
    return inline === undefined ? (args[index + 1]?.isData ?? false) || arg.isData : arg.isData
  })
}

/** awk and sed: the text of the program is an argument, or follows -e; -f names a file. */
function readsFirst(args: readonly Argument[]): boolean {
  return args.some((arg, index) => {
    const isFirst =
      !arg.value.startsWith('-') && args.slice(0, index).every(({ value }) => value.startsWith('-'))
    const isScript = /^(?:-\w*e|--expression|--source)$/.test(args[index - 1]?.value ?? '')
    const isInline = /^(?:-\w*e.|--expression=|--source=)/s.test(arg.value)
    return arg.isData && (isFirst || isScript || isInline)
  })
}
