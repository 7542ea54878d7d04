// Reads the Markdown that people write in reports: headings, lists, quotes, code, emphasis and links. It makes a tree of
// text, never markup: HTML stays what it is, letters.

export type Inline =
  | { readonly kind: 'text' | 'code' | 'strong' | 'em'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly inline: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly inline: readonly Inline[] }
  | { readonly kind: 'quote'; readonly inline: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'rule' }

const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/
const FENCE = /^\s*(```+|~~~+)/
const RULE = /^\s*(?:-{3,}|\*{3,}|_{3,})\s*$/
const QUOTE = /^\s*>\s?(.*)$/

export function readMarkdown(text: string): Block[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const blocks: Block[] = []
  let at = 0
  /** The lines from here on that are of one kind, as what the kind makes of them. */
  const take = <T>(read: (line: string) => T | undefined): T[] => {
    const taken: T[] = []
    for (
      let made = read(lines[at] ?? '');
      at < lines.length && made !== undefined;
      made = read(lines[at] ?? '')
    ) {
      taken.push(made)
      at += 1
    }
    return taken
  }
  while (at < lines.length) {
    const line = lines[at] ?? ''
    const fence = FENCE.exec(line)?.[1]
    const heading = HEADING.exec(line)
    if (fence !== undefined) {
      at += 1
      const code = take((one) => (one.trim().startsWith(fence) ? undefined : one))
      at += 1
      blocks.push({ kind: 'code', text: code.join('\n') })
    } else if (heading) {
      at += 1
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, inline: readInline(heading[2] ?? '') })
    } else if (RULE.test(line)) {
      at += 1
      blocks.push({ kind: 'rule' })
    } else if (ITEM.test(line)) {
      const ordered = ITEM.exec(line)?.[1] !== undefined
      const items = take((one) => (RULE.test(one) ? undefined : ITEM.exec(one)?.[2])).map(readInline)
      blocks.push({ kind: 'list', ordered, items })
    } else if (QUOTE.test(line)) {
      const quoted = take((one) => QUOTE.exec(one)?.[1])
      blocks.push({ kind: 'quote', inline: readInline(quoted.join('\n')) })
    } else if (line.trim() === '') at += 1
    else blocks.push({ kind: 'paragraph', inline: readInline(take(plainLine).join('\n')) })
  }
  return blocks
}

const plainLine = (line: string): string | undefined =>
  line.trim() === '' || [ITEM, HEADING, FENCE, RULE, QUOTE].some((one) => one.test(line)) ? undefined : line

// Each with a limit: a hostile text must cost no second.
const INLINE =
  /`([^`]{1,1000})`|\*\*([^*]{1,1000})\*\*|(?<![\w*])\*([^*\s][^*]{0,1000})\*|!?\[([^\]]{0,500})\]\(([^()\s]{1,2000})\)/g

function readInline(text: string): Inline[] {
  const found: Inline[] = []
  let at = 0
  const plain = (until: number) => {
    if (until > at) found.push({ kind: 'text', text: text.slice(at, until) })
  }
  for (const match of text.matchAll(INLINE)) {
    plain(match.index)
    at = match.index + match[0].length
    const [whole, code, strong, em, label = '', address = ''] = match
    if (code !== undefined) found.push({ kind: 'code', text: code })
    else if (strong !== undefined) found.push({ kind: 'strong', text: strong })
    else if (em !== undefined) found.push({ kind: 'em', text: em })
    else if (/^https?:\/\//i.test(address))
      found.push({ kind: 'link', text: label || address, href: address })
    else found.push({ kind: 'text', text: label || whole })
  }
  plain(text.length)
  return found
}
