// "Did you mean": the known word that is closest to a mistyped one. It never guesses far: a third of the letters at most.

/** Words longer than this are never typos of one another. */
const LENGTH_MAX = 64

/** The nearest of `words`, letter case aside, or undefined when none is near. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  if (word.length > LENGTH_MAX) return undefined
  const wanted = word.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of words) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue
    const distance = distanceOf(wanted, candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Optimal string alignment: insert, remove, replace, or swap two neighbours. */
function distanceOf(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1]
      const cheapest = Math.min(
        (line[column - 1] ?? 0) + 1,
        (last[column] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      )
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      line.push(isSwap ? Math.min(cheapest, (before[column - 2] ?? 0) + 1) : cheapest)
    }
    before = last
    last = line
  }
  return last[b.length] ?? 0
}
