// What a verdict on a command line costs, over the lines that the tests judge: by itself, since it is one synchronous call.
import { judge } from '#dsl/policy/commands.ts'
import { LANGUAGES } from '#dsl/policy/programs/languages.cases.ts'
import { TOOLS } from '#dsl/policy/programs/tools.cases.ts'
import { percentiles } from './figures.ts'
import type { Figure } from './figures.ts'

const ROUNDS = 40
const WARM = 5
/** As many commands as a line may hold (R11). */
const LONGEST = Array.from({ length: 32 }, (_, n) => `git commit -m 'part ${n}' "src/a b"`).join(' && ')

export function verdict(): Promise<Figure[]> {
  const cases = [...LANGUAGES, ...TOOLS].map(({ list, line }) => ({ commands: list.split(', '), line }))
  const times = cases.map(({ commands, line }) => timesOf(commands, line))
  const { p50 } = percentiles(times.flat())
  // Each at its quickest: a verdict waits for nothing, so whatever it took longer was taken by something else.
  const slowest = Math.max(...times.map((each) => Math.min(...each)))
  const longest = percentiles(timesOf(['git *'], LONGEST)).p50
  console.log(`  ${cases.length} lines, ${times.flat().length} verdicts`)
  return Promise.resolve([
    { name: 'verdict on a command line, p50', value: p50, unit: 'ms', goal: '< 1', met: p50 < 1 },
    { name: 'and on the slowest of them', value: slowest, unit: 'ms', goal: '< 1', met: slowest < 1 },
    { name: 'and on one of 32 commands, p50', value: longest, unit: 'ms', goal: '< 1', met: longest < 1 },
  ])
}

function timesOf(commands: string[], shell: string): number[] {
  const grant = { plan: 'bench', commands, terminals: false }
  const times = Array.from({ length: WARM + ROUNDS }, () => {
    const began = performance.now()
    judge(grant, { shell })
    return performance.now() - began
  })
  return times.slice(WARM)
}
