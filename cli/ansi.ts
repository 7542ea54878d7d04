// Colours of a terminal: those we choose, and those of a log that may stay. Nothing else that a log says reaches a terminal.

const STYLES = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33', cyan: '36' } as const
export type Style = keyof typeof STYLES
export type Paint = (style: Style, text: string) => string

/** Without colours, the text as it is. */
export function painter(color: boolean): Paint {
  return (style, text) => (color ? `\x1b[${STYLES[style]}m${text}\x1b[0m` : text)
}

/** ECMA-48 sequences: OSC and its kin to their end, CSI, and the short ones. */
// eslint-disable-next-line no-control-regex
const SEQUENCE = /\x1b(?:[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\[[0-?]*[ -/]*[@-~]?|[ -/]*[0-~]?)/g
// eslint-disable-next-line no-control-regex
const COLOR = /^\x1b\[[0-9;:]*m$/
// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]/g

/** What a program printed, for a terminal: colours stay if they may, other sequences and controls go. */
export function logText(text: string, color: boolean): string {
  return text
    .replace(SEQUENCE, (sequence) => (color && COLOR.test(sequence) ? sequence : ''))
    .replace(CONTROL, '')
}

/** Cuts off a sequence that has only begun, so that it is not torn in two: what may be shown, and what must wait. */
export function wholeText(text: string): [shown: string, waiting: string] {
  // eslint-disable-next-line no-control-regex
  const at = text.search(/\x1b(?:[\]PX^_][^\x07\x1b]{0,4096}|\[[0-?]*[ -/]*|[ -/]*)$/)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)]
}

/** A line as a terminal would leave it: behind the last carriage return. */
export function finalLine(line: string): string {
  const parts = line.split('\r').filter((part) => part !== '')
  return parts.at(-1) ?? ''
}
