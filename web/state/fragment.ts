// Reads the one-time code out of a URL fragment; it never keeps the code.

/** The code of `#link=<code>` or `#pair=<code>`, with the door it opens. */
export function codeOf(fragment: string): { kind: 'link' | 'pair'; code: string } | undefined {
  const found = /^#(link|pair)=([\w.~-]+)$/.exec(fragment)
  if (!found?.[2]) return undefined
  return { kind: found[1] === 'pair' ? 'pair' : 'link', code: found[2] }
}
