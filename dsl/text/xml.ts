// Reads XML as a list of tags and texts, as far as reports of tools go. It never expands an entity that a document
// declares, never fetches anything, and takes time in proportion to the text.

export type XmlToken =
  | {
      readonly type: 'open'
      readonly name: string
      readonly attributes: ReadonlyMap<string, string>
      /** `<a/>`: no `close` follows. */
      readonly empty: boolean
    }
  | { readonly type: 'close'; readonly name: string }
  | { readonly type: 'text'; readonly text: string }

const ATTRIBUTE = /\s*([^\s=<>/"']+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y
const NAME = /[^\s<>/="']+/y
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Tokens in order; it stops at the first place that is no XML, since a report may have been cut. */
export function* readXml(text: string): Generator<XmlToken> {
  for (let at = 0; at < text.length;) {
    const start = text.indexOf('<', at)
    const end = start < 0 ? text.length : start
    if (end > at) yield { type: 'text', text: unescapeXml(text.slice(at, end)) }
    if (start < 0) return
    const special = skipped(text, start)
    if (special !== undefined) {
      if (special.text !== '') yield { type: 'text', text: special.text }
      at = special.end
      continue
    }
    const tag = readTag(text, start)
    if (tag === undefined) return
    yield tag.token
    at = tag.end
  }
}

/** Comments, declarations and instructions say nothing; a CDATA section is text as it stands. */
function skipped(text: string, start: number): { text: string; end: number } | undefined {
  const until = (mark: string, from: number) => {
    const found = text.indexOf(mark, from)
    return found < 0 ? { inside: text.length, end: text.length } : { inside: found, end: found + mark.length }
  }
  if (text.startsWith('<![CDATA[', start)) {
    const { inside, end } = until(']]>', start + 9)
    return { text: text.slice(start + 9, inside), end }
  }
  if (text.startsWith('<!--', start)) return { text: '', end: until('-->', start + 4).end }
  if (text.startsWith('<?', start)) return { text: '', end: until('?>', start + 2).end }
  if (text.startsWith('<!', start)) return { text: '', end: until('>', start + 2).end }
  return undefined
}

function readTag(text: string, start: number): { token: XmlToken; end: number } | undefined {
  const closes = text[start + 1] === '/'
  NAME.lastIndex = start + (closes ? 2 : 1)
  const name = NAME.exec(text)?.[0]
  if (name === undefined) return undefined
  let at = NAME.lastIndex
  const attributes = new Map<string, string>()
  for (;;) {
    ATTRIBUTE.lastIndex = at
    const found = ATTRIBUTE.exec(text)
    if (found === null) break
    attributes.set(found[1] ?? '', unescapeXml(found[2] ?? found[3] ?? ''))
    at = ATTRIBUTE.lastIndex
  }
  const rest = text.slice(at, at + 64).trimStart()
  const empty = rest.startsWith('/>')
  if (!empty && !rest.startsWith('>')) return undefined
  const end = text.indexOf('>', at) + 1
  return { token: closes ? { type: 'close', name } : { type: 'open', name, attributes, empty }, end }
}

/** The five entities of XML and numbered characters; any other `&…;` stays as it is. */
export function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]{2,4}));/gi, (whole, hex, decimal, name) => {
    if (typeof name === 'string') return NAMED[name] ?? whole
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number.parseInt(String(decimal), 10)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

/** `text` as an attribute's value or an element's content; characters that XML cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}
