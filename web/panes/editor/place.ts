// Where in a YAML file a cursor stands, told by indentation alone: what is half typed has no tree yet. It never reads values.
export interface PathPart {
  /** A key, or `-` for an entry of a list. */
  readonly key: string
  /** The other keys of the mapping that holds it, with what stands behind them on their line. */
  readonly beside: Readonly<Record<string, string>>
}

export interface Place {
  readonly path: readonly PathPart[]
  /** `either`: an entry of a list, which may become a mapping. */
  readonly kind: 'key' | 'value' | 'either'
  /** What is typed of the word, and where it begins. */
  readonly word: string
  readonly from: number
  /** Keys that the mapping at the cursor has already. */
  readonly taken: readonly string[]
}

interface Line {
  /** Columns of its dashes, from the left. */
  readonly dashes: readonly number[]
  /** Column of what follows them. */
  readonly column: number
  readonly key?: string
  readonly value: string
  readonly blank: boolean
}

/** Undefined where nothing can be completed: in comments, block texts and quotes. */
export function placeAt(text: string, offset: number): Place | undefined {
  const lines = text.split('\n')
  const index = text.slice(0, offset).split('\n').length - 1
  const start = offset - (text.slice(0, offset).length - text.lastIndexOf('\n', offset - 1) - 1)
  const typed = text.slice(start, offset)
  if (/(^|\s)#/.test(typed)) return undefined
  const parsed = lines.map(lineOf)
  const line = lineOf(typed)
  const above = pathOf(parsed, index, line)
  if (!above) return undefined
  const own = besideOf(parsed, index, line.column)
  if (line.key === undefined) {
    return {
      path: above,
      kind: line.dashes.length ? 'either' : 'key',
      word: line.value,
      from: offset - line.value.length,
      taken: Object.keys(own),
    }
  }
  return behindKey([...above, { key: line.key, beside: own }], line.value, offset)
}

/** Behind `key:`, also in `{ a: b }` and `[a, b]` of one line. */
function behindKey(path: readonly PathPart[], value: string, offset: number): Place | undefined {
  const opened = /^[{[]/.exec(value)?.[0]
  const segment = opened ? (/[^{[,]*$/.exec(value)?.[0] ?? '').trimStart() : value
  if (/^['"|>]/.test(segment) || /[}\]]\s*$/.test(value)) return undefined
  const place = { word: segment, from: offset - segment.length, taken: [] }
  if (opened === '[') return { ...place, path: [...path, { key: '-', beside: {} }], kind: 'value' }
  if (opened !== '{') return { ...place, path, kind: 'value' }
  const inner = KEY.exec(segment)
  if (!inner) return { ...place, path, kind: 'key' }
  const word = segment.slice(inner[0].length).trimStart()
  const deeper = [...path, { key: bare(inner[1]!), beside: {} }]
  return { path: deeper, kind: 'value', word, from: offset - word.length, taken: [] }
}

function pathOf(lines: readonly Line[], index: number, line: Line): PathPart[] | undefined {
  const path: PathPart[] = []
  let limit = line.column
  let isEntry = false
  const enter = ({ dashes }: Line) => {
    for (const dash of dashes.toReversed()) {
      if (dash >= limit) continue
      path.unshift({ key: '-', beside: {} })
      limit = dash
      isEntry = true
    }
  }
  enter(line)
  for (let at = index - 1; at >= 0 && limit >= 0; at--) {
    const above = lines[at]!
    if (above.blank) continue
    const holds = above.column < limit || (isEntry && above.column === limit && !above.dashes.length)
    if (holds && above.key !== undefined) {
      if (/^[|>]/.test(above.value)) return undefined
      path.unshift({ key: above.key, beside: besideOf(lines, at, above.column) })
      limit = above.column
      isEntry = false
    }
    enter(above)
  }
  return path
}

/** The keys of the mapping at that column to which a line belongs, without its own. */
function besideOf(lines: readonly Line[], index: number, column: number): Record<string, string> {
  const found: [string, string][] = []
  const isInside = ({ blank, column: at, dashes }: Line) =>
    blank || (at >= column && !dashes.some((dash) => dash < column))
  const take = ({ blank, column: at, key, value }: Line) => {
    if (!blank && at === column && key !== undefined) found.push([key, bare(value)])
  }
  if (!startsEntry(lines[index], column))
    for (let at = index - 1; at >= 0; at--) {
      const line = lines[at]!
      if (line.column >= column || line.blank) take(line)
      if (!isInside(line)) break
    }
  for (let at = index + 1; at < lines.length && isInside(lines[at]!); at++) take(lines[at]!)
  return Object.fromEntries(found)
}

const startsEntry = (line: Line | undefined, column: number): boolean =>
  line !== undefined && line.dashes.some((dash) => dash < column) && line.column === column

// A key ends at the first colon before a blank: `github:push.opened:` is one key.
const KEY = /^("[^"]*"|'[^']*'|[^\s#'"{[&*!|>-][^#]*?|-[^\s#]+?):(?=\s|$)/

function lineOf(text: string): Line {
  const lead = /^\s*(?:-(?:\s+|$))*/.exec(text)?.[0] ?? ''
  const rest = text.slice(lead.length)
  const dashes = [...lead.matchAll(/-/g)].map(({ index }) => index)
  const key = KEY.exec(rest)
  const blank = text.trim() === '' || rest.startsWith('#')
  const common = { dashes, column: lead.length, blank }
  if (!key) return { ...common, value: rest }
  return { ...common, key: bare(key[1]!), value: rest.slice(key[0].length).trimStart() }
}

const bare = (text: string): string => text.trim().replace(/^(["'])(.*)\1$/, '$2')
