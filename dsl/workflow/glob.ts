// GitHub's filter patterns for branches, tags and paths: * ** ? + [] and !. Matching takes one pass, whatever the pattern.
// Source: docs.github.com, "Workflow syntax", filter pattern cheat sheet.

interface Piece {
  readonly fits: (character: string) => boolean
  /** How many pieces, from this one on, may be left out together. */
  readonly skips: readonly number[]
  /** May come again. */
  readonly repeats: boolean
}

/** Why the pattern cannot be read, or undefined. */
export function globProblem(pattern: string): string | undefined {
  const bare = pattern.replace(/^!/, '')
  if (bare === '') return 'A pattern cannot be empty.'
  const read = readPattern(bare)
  return typeof read === 'string' ? read : undefined
}

/** Whether the last pattern that matches keeps the text: one that starts with "!" takes out what those before let in. */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.reduce((kept, pattern) => {
    const isNegative = pattern.startsWith('!')
    return matchesGlob(isNegative ? pattern.slice(1) : pattern, text) ? !isNegative : kept
  }, false)
}

/** A pattern that cannot be read matches nothing. */
export function matchesGlob(pattern: string, text: string): boolean {
  const pieces = readPattern(pattern)
  if (typeof pieces === 'string') return false
  let places = reach(pieces, new Set([0]))
  for (const character of text) {
    const next = new Set<number>()
    for (const place of places) {
      const piece = pieces[place]
      if (piece?.fits(character) !== true) continue
      next.add(place + 1)
      if (piece.repeats) next.add(place)
    }
    places = reach(pieces, next)
    if (places.size === 0) return false
  }
  return places.has(pieces.length)
}

/** The places too that are reached by leaving pieces out. */
function reach(pieces: readonly Piece[], places: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(places)
  for (const place of all) {
    for (const skip of pieces[place]?.skips ?? []) all.add(place + skip)
  }
  return all
}

const ANY = (): boolean => true
const NOT_SLASH = (character: string): boolean => character !== '/'

function readPattern(pattern: string): readonly Piece[] | string {
  const pieces: Piece[] = []
  const token = /\\([^])|(\*\*\/)|(\*\*)|(\*)|(\?|\+)|\[([^\]]*)\]|([^])/gu
  for (const [, escaped, folders, all, star, quantifier, set, plain] of pattern.matchAll(token)) {
    if (folders !== undefined) pieces.push(...anyFolders())
    else if (all !== undefined) pieces.push({ fits: ANY, skips: [1], repeats: true })
    else if (star !== undefined) pieces.push({ fits: NOT_SLASH, skips: [1], repeats: true })
    else if (quantifier !== undefined) {
      const problem = quantify(pieces, quantifier)
      if (problem !== undefined) return problem
    } else if (set !== undefined) {
      const fits = readSet(set)
      if (fits === undefined) return `"[${set}]" is not a set of characters.`
      pieces.push({ fits, skips: [], repeats: false })
    } else {
      const wanted = escaped ?? plain ?? ''
      if (wanted === '[') return 'A "[" is not closed.'
      pieces.push({ fits: (character) => character === wanted, skips: [], repeats: false })
    }
  }
  return pieces
}

/** Any folders and the slash behind them, or nothing at all. */
function anyFolders(): readonly Piece[] {
  return [
    { fits: () => false, skips: [1, 3], repeats: false },
    { fits: ANY, skips: [], repeats: true },
    { fits: (character) => character === '/', skips: [], repeats: false },
  ]
}

function quantify(pieces: Piece[], quantifier: string): string | undefined {
  const last = pieces.pop()
  if (last === undefined) return `"${quantifier}" repeats the character before it, and there is none.`
  pieces.push(quantifier === '?' ? { ...last, skips: [1] } : { ...last, repeats: true })
  return undefined
}

function readSet(set: string): ((character: string) => boolean) | undefined {
  const ranges = [...set.matchAll(/([A-Za-z0-9])-([A-Za-z0-9])|([A-Za-z0-9_.-])/g)]
  if (set === '' || ranges.map(([text]) => text).join('') !== set) return undefined
  return (character) =>
    ranges.some(([, from, to, one]) => {
      if (one !== undefined) return character === one
      return from !== undefined && to !== undefined && from <= character && character <= to
    })
}
