// Reads what `git push --porcelain` says of one ref (git-push(1), "OUTPUT"). Strings in, objects out.

export interface Pushed {
  readonly result: 'created' | 'updated' | 'forced' | 'up_to_date' | 'rejected'
  /** The ref on the remote. */
  readonly to: string
  /** git's own words: `abc..def`, `[rejected] (fetch first)`. */
  readonly reason: string
}

const RESULTS: Readonly<Record<string, Pushed['result']>> = {
  '*': 'created',
  ' ': 'updated',
  '+': 'forced',
  '=': 'up_to_date',
  '!': 'rejected',
}

/** Undefined when git came to no ref. */
export function parsePush(text: string): Pushed | undefined {
  for (const line of text.split('\n')) {
    const [flag = '', refs = '', reason = ''] = line.split('\t')
    const result = RESULTS[flag]
    const colon = refs.lastIndexOf(':')
    if (result !== undefined && colon >= 0) return { result, to: refs.slice(colon + 1), reason }
  }
  return undefined
}
