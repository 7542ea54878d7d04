// Finds many byte strings in one pass over a text, by the automaton of Aho and Corasick (1975). It reads no text itself.

export interface Pattern {
  readonly bytes: Uint8Array
  /** What the caller wants to know of it when it is found. */
  readonly label: string
}

export interface Automaton {
  /** The next state; 0 is the first one. */
  step(state: number, byte: number): number
  /** By state: bytes at the end of what was read that may be the beginning of a pattern that goes on. */
  readonly begun: readonly number[]
  /** By state: length of the longest pattern that ends there; 0 when none does. */
  readonly found: readonly number[]
  /** Its label. */
  readonly label: readonly string[]
  /** Length of the longest pattern. */
  readonly longest: number
}

/** Patterns are not empty. */
export function createAutomaton(patterns: readonly Pattern[]): Automaton {
  /** By state and byte; most states have one. */
  const edges = new Map<number, number>()
  /** Most bytes begin nothing, and are asked about here. */
  const first = new Int32Array(256)
  const depth = [0]
  const begun = [0]
  const found = [0]
  const label = ['']
  const fail = [0]
  const nextOf = (state: number, byte: number) => edges.get(state * 256 + byte)

  function grow(state: number, byte: number): number {
    const next = depth.length
    edges.set(state * 256 + byte, next)
    if (state === 0) first[byte] = next
    depth.push((depth[state] ?? 0) + 1)
    begun[state] = depth[state] ?? 0
    for (const list of [begun, found, fail]) list.push(0)
    label.push('')
    return next
  }

  function step(from: number, byte: number): number {
    for (let state = from; state !== 0; state = fail[state] ?? 0) {
      const next = nextOf(state, byte)
      if (next !== undefined) return next
    }
    return first[byte] ?? 0
  }

  /** What a state has when its pattern ends there it has of itself; else of the state that it falls back to. */
  function inherit(state: number): void {
    const back = fail[state] ?? 0
    if (begun[state] === 0) begun[state] = begun[back] ?? 0
    if (found[state] !== 0) return
    found[state] = found[back] ?? 0
    label[state] = label[back] ?? ''
  }

  for (const { bytes, label: own } of patterns) {
    let state = 0
    for (const byte of bytes) state = nextOf(state, byte) ?? grow(state, byte)
    found[state] = bytes.length
    label[state] = own
  }
  // By depth, so that what a state falls back to is known before it is.
  const byDepth = [...edges].sort(([, a], [, b]) => (depth[a] ?? 0) - (depth[b] ?? 0))
  for (const [edge, state] of byDepth) {
    const from = Math.floor(edge / 256)
    if (from !== 0) fail[state] = step(fail[from] ?? 0, edge % 256)
    inherit(state)
  }
  return { step, begun, found, label, longest: Math.max(...patterns.map(({ bytes }) => bytes.length)) }
}
