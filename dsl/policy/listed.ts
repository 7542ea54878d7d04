// R8 and R9: whether a list lets one command through, by its spelled tokens and by what lies beyond them. It never runs anything.
import type { Grant } from '#dsl/wire/link.ts'
import { matches, patternTokens } from './pattern.ts'
import { ANYTHING } from './plan.ts'
import type { Argv, Reach } from './programs/reach.ts'
import { reachesOf } from './programs/table.ts'

/** The first reach that a list's patterns do not spell; undefined when the list lets the command through; `unlisted` when none matches. */
export function beyond(grant: Grant, argv: Argv): Reach | 'unlisted' | undefined {
  const lists = [grant.commands, ...(grant.within ?? [])]
  const reaches = reachesOf(argv)
  const found = lists.map((list) => beyondList(list, argv, reaches))
  if (found.includes('unlisted')) return 'unlisted'
  const [first] = found.filter((reach) => typeof reach === 'object').sort((a, b) => a.at - b.at)
  return first
}

/** Of several patterns that match, the one counts that goes furthest. */
function beyondList(
  list: readonly string[],
  argv: Argv,
  reaches: readonly Reach[],
): Reach | 'unlisted' | undefined {
  if (list.includes(ANYTHING)) return undefined
  const matching = list.filter((pattern) => matches(pattern, argv))
  if (matching.length === 0) return 'unlisted'
  let furthest: Reach | undefined
  for (const pattern of matching) {
    const found = unspelled(pattern, reaches)
    if (found === undefined) return undefined
    if (furthest === undefined || found.at > furthest.at) furthest = found
  }
  return furthest
}

function unspelled(pattern: string, reaches: readonly Reach[]): Reach | undefined {
  const tokens = patternTokens(pattern)
  return reaches.find(({ at }) => at >= tokens.length || tokens[at] === '*')
}

/** Whether the pattern lets the command through; what a wrapper runs is judged by itself. */
export function isEnough(pattern: string, argv: Argv): boolean {
  const left = unspelled(pattern, reachesOf(argv))
  return left === undefined || left.command === true
}

/** The shortest pattern that would let the command through; undefined where none can be written. */
export function spelledPattern(argv: Argv): string | undefined {
  const last = reachesOf(argv).at(-1)
  const words = argv.slice(0, (last?.at ?? 0) + 1)
  if (words.some((word) => word === undefined || word === '' || word === '*' || /\s/.test(word)))
    return undefined
  const pattern = words.join(' ')
  return matches(pattern, argv) && unspelled(pattern, reachesOf(argv)) === undefined ? pattern : undefined
}
