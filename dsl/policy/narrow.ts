// A grant that a second list of patterns narrows: a command passes when both lists allow it. It never widens one.
import type { Grant } from '#dsl/wire/link.ts'
import { patternTokens } from './pattern.ts'
import { ANYTHING } from './plan.ts'

/** What `grant` and `allow` both allow; `name` says in denials what narrowed it. An empty `allow` allows nothing. */
export function narrowGrant(grant: Grant, allow: readonly string[], name: string): Grant {
  const commands = [...new Set(grant.commands.flatMap((one) => allow.flatMap((other) => both(one, other))))]
  return {
    plan: `${grant.plan}, narrowed by ${name}`,
    commands,
    // A token that one list alone spells excuses nothing: the other never let it through.
    within: [...(grant.within ?? []), grant.commands, [...allow]],
    terminals: grant.terminals && commands.includes(ANYTHING),
  }
}

/** The pattern of every argv that starts as both say; none when there is no such argv. */
function both(one: string, other: string): readonly string[] {
  if (one === ANYTHING) return [other]
  if (other === ANYTHING) return [one]
  const left = patternTokens(one)
  const right = patternTokens(other)
  if (left[0] === '*' || right[0] === '*') return []
  const tokens: string[] = []
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [a, b] = [left[at] ?? '*', right[at] ?? '*']
    if (a !== b && a !== '*' && b !== '*') return []
    tokens.push(a === '*' ? b : a)
  }
  // A last `*` that asks for one more argument is no prefix's free end: a second one keeps it when tokens are read again.
  return [tokens.length > 1 && tokens.at(-1) === '*' ? [...tokens, '*'].join(' ') : tokens.join(' ')]
}
