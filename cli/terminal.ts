// The person's terminal, lent to a program on the other side: its keys go over unread, its size follows. It is given back
// as it was found.

export interface Size {
  readonly cols: number
  readonly rows: number
}

/** Programs may have left these on: the other screen, the mouse, bracketed paste, application keys, a hidden cursor. */
const CALM = '\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b[?25h\x1b[0m'

export function isTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY
}

/** Cells; as wide as terminals always were where there is none. */
export function sizeOf({ columns, rows }: NodeJS.WriteStream): Size {
  return { cols: columns || 80, rows: rows || 24 }
}

/** Keys arrive unread from now on, Ctrl-C among them. Answers how to give them back. */
export function takeKeys(): () => void {
  const { stdin } = process
  if (stdin.isTTY) stdin.setRawMode(true)
  return () => void (stdin.isTTY && stdin.setRawMode(false))
}

/** Answers how to stop. */
export function followSize(resized: (size: Size) => void): () => void {
  const resize = () => resized(sizeOf(process.stdout))
  process.stdout.on('resize', resize)
  return () => void process.stdout.off('resize', resize)
}

/** Draws a screen in an empty window; what has scrolled out of the window stays. */
export function clearWindow(screen: string): string {
  return `\x1b[H\x1b[2J${screen}`
}

/** For a program that is left while it runs. */
export function calmTerminal(): void {
  process.stdout.write(CALM)
}
