// The second part of a layout: in which order the nodes of a column stand, and how far across, so that edges are short and
// cross seldom. It moves nothing from one column to another.
import type { Node, Ranked } from './ranks.ts'

/** Rounds over all columns, there and back: more change little, and nobody waits for them in a very large graph. */
const ROUNDS = 6
const ROUNDS_LARGE = 2
const LARGE = 2500

/** Pixels that two neighbours of a column keep between their middles. */
export type Apart = (one: Node, next: Node) => number

/** Gives every node its pixel. */
export function standInRows({ ranks }: Ranked, apart: Apart): void {
  const ordered = ranks.map((all) => [...all])
  const rounds = ordered.reduce((sum, { length }) => sum + length, 0) > LARGE ? ROUNDS_LARGE : ROUNDS
  order(ordered, rounds)
  straighten(ordered, apart, rounds)
}

/** Barycenters (Sugiyama 1981): a node goes where the middle of its neighbours is. */
function order(ranks: Node[][], rounds: number): void {
  for (const all of ranks) count(all)
  const sort = (all: Node[], side: 'before' | 'after') => {
    const wishes = all.map((one) => [mean(one[side]) ?? one.at, one] as const)
    wishes.sort(([a], [b]) => a - b)
    for (const [index, [, one]] of wishes.entries()) all[index] = one
    count(all)
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const all of ranks) sort(all, 'before')
    for (const all of ranks.toReversed()) sort(all, 'after')
  }
  for (const all of ranks) sort(all, 'before')
}

/** From 0 to 1, so that columns of different heights compare. */
function count(all: readonly Node[]): void {
  for (const [index, one] of all.entries()) one.at = index / Math.max(1, all.length - 1)
}

function straighten(ranks: readonly Node[][], apart: Apart, rounds: number): void {
  const columns = ranks.map((all) => {
    let offset = 0
    const offsets = all.map((one, index) => {
      const last = all[index - 1]
      return last ? (offset += apart(last, one)) : 0
    })
    for (const [index, one] of all.entries()) one.at = offsets[index] ?? 0
    return { all, offsets }
  })
  type Column = (typeof columns)[number]
  const put = ({ all, offsets }: Column, wishOf: (one: Node) => number | undefined) => {
    const places = spread(
      all.map((one) => wishOf(one) ?? one.at),
      offsets,
    )
    for (const [index, one] of all.entries()) one.at = places[index] ?? 0
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const column of columns) put(column, ({ before }) => mean(before))
    for (const column of columns.toReversed()) put(column, ({ after }) => mean(after))
  }
  for (const column of columns) put(column, ({ before, after }) => mean([...before, ...after]))
}

/**
 * As near to the wishes as the gaps allow, by least squares: pools of neighbours that would overlap share their middle
 * (isotonic regression, Ayer 1955).
 */
function spread(wishes: readonly number[], offsets: readonly number[]): number[] {
  const pools: { sum: number; many: number }[] = []
  for (const [index, wish] of wishes.entries()) {
    let pool = { sum: wish - (offsets[index] ?? 0), many: 1 }
    for (let last = pools.at(-1); last && last.sum / last.many >= pool.sum / pool.many; last = pools.at(-1)) {
      pools.pop()
      pool = { sum: last.sum + pool.sum, many: last.many + pool.many }
    }
    pools.push(pool)
  }
  const places: number[] = []
  for (const { sum, many } of pools)
    for (let n = 0; n < many; n += 1) places.push(sum / many + (offsets[places.length] ?? 0))
  return places
}

function mean(nodes: readonly Node[]): number | undefined {
  if (nodes.length === 0) return undefined
  let sum = 0
  for (const { at } of nodes) sum += at
  return sum / nodes.length
}
