// The screen: xterm with its add-ons, built in one place and loaded only where a terminal is shown. It never knows the link.
import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { WebglAddon } from '@xterm/addon-webgl'
import { Terminal } from '@xterm/xterm'
import type { IBuffer } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import type { Size } from '#dsl/powers/pty.ts'
import { guard, safeLink } from './hostile.ts'
import type { GuardEvents } from './hostile.ts'
import type { TerminalScreen } from './terminal.ts'
import type { Grid } from './select.ts'
import { themeOf } from './theme.ts'
import type { ThemeName } from './theme.ts'

const SCROLLBACK_LINES = 10_000

export interface ScreenOptions extends GuardEvents {
  readonly parent: HTMLElement
  readonly theme: ThemeName
  readonly fontSize: number
  /** Whether the rows are mirrored as text for a screen reader. */
  readonly reader: boolean
  /** What the input is called. */
  readonly label: string
  /** The pointer is on a link with this target; undefined once it left. */
  readonly onLink: (url: string | undefined) => void
}

export interface Screen extends TerminalScreen {
  readonly xterm: Terminal
  readonly search: SearchAddon
  /** Cells that fit in the parent; undefined while it is not shown. */
  fits(): Size | undefined
  /** Where the cells are, as a finger meets them. */
  grid(): Grid
  /** Scrollback and screen as text. */
  text(): string
  setTheme(theme: ThemeName): void
  setFontSize(px: number): void
  setReader(on: boolean): void
  dispose(): void
}

/** Resolves once the cells have their final size, which depends on who draws them. */
export async function openScreen(options: ScreenOptions): Promise<Screen> {
  const hovers = {
    hover: (_event: MouseEvent, url: string) => options.onLink(safeLink(url) ? url : undefined),
    leave: () => options.onLink(undefined),
  }
  const xterm = new Terminal({
    allowProposedApi: true,
    cursorBlink: false,
    cursorInactiveStyle: 'outline',
    fontFamily: getComputedStyle(options.parent).getPropertyValue('--mono') || 'monospace',
    fontSize: options.fontSize,
    lineHeight: 1.2,
    macOptionIsMeta: true,
    minimumContrastRatio: 4.5,
    rescaleOverlappingGlyphs: true,
    scrollback: SCROLLBACK_LINES,
    theme: themeOf(options.theme),
    screenReaderMode: options.reader,
    linkHandler: { activate: (_event, url) => openLink(url), ...hovers },
  })
  const fit = new FitAddon()
  const search = new SearchAddon({ highlightLimit: 1000 })
  xterm.loadAddon(fit)
  xterm.loadAddon(search)
  xterm.loadAddon(new UnicodeGraphemesAddon())
  xterm.loadAddon(new WebLinksAddon((_event, url) => openLink(url), hovers))
  guard(xterm, options)
  xterm.open(options.parent)
  xterm.textarea?.setAttribute('aria-label', options.label)
  await drawByGpu(xterm, options.parent)

  return {
    xterm,
    search,
    write: (data, drawn) => xterm.write(data, drawn),
    resize(size) {
      if (size.cols !== xterm.cols || size.rows !== xterm.rows) xterm.resize(size.cols, size.rows)
    },
    fits() {
      const size = fit.proposeDimensions()
      if (!size || Number.isNaN(size.cols) || Number.isNaN(size.rows)) return undefined
      return { cols: Math.min(1000, Math.max(2, size.cols)), rows: Math.min(500, Math.max(1, size.rows)) }
    },
    grid: () => gridOf(xterm, options.parent),
    text: () => textOf(xterm.buffer.active),
    setTheme: (theme) => (xterm.options.theme = themeOf(theme)),
    setFontSize: (px) => (xterm.options.fontSize = px),
    setReader: (on) => (xterm.options.screenReaderMode = on),
    dispose: () => xterm.dispose(),
  }
}

function gridOf({ cols, rows, buffer, element }: Terminal, parent: HTMLElement): Grid {
  const box = (element?.querySelector('.xterm-screen') ?? parent).getBoundingClientRect()
  return { cols, rows, top: buffer.active.viewportY, box }
}

/** A wrapped line is in one piece, and the blank rest of the screen is left out. */
function textOf(buffer: IBuffer): string {
  let text = ''
  for (let row = 0; row < buffer.length; row += 1) {
    const goesOn = buffer.getLine(row + 1)?.isWrapped ?? false
    text += (buffer.getLine(row)?.translateToString(!goesOn) ?? '') + (goesOn ? '' : '\n')
  }
  return text.replace(/\n+$/, '\n')
}

/** Opens a link in a tab of its own that knows nothing of this one. */
export function openLink(url: string): void {
  if (safeLink(url)) window.open(url, '_blank', 'noopener,noreferrer')
}

/** Without WebGL, or once its context is lost, xterm draws by the DOM. */
async function drawByGpu(xterm: Terminal, parent: HTMLElement): Promise<void> {
  if (!(await hasTruePixels(parent)) || !xterm.element?.isConnected) return
  try {
    const webgl = new WebglAddon()
    webgl.onContextLoss(() => webgl.dispose())
    xterm.loadAddon(webgl)
  } catch {
    // This browser has no WebGL 2.
  }
}

/**
 * Whether the browser counts device pixels as it says it does. Where a device is only emulated it counts the desktop's, and
 * WebGL would draw the letters too large.
 */
function hasTruePixels(parent: HTMLElement): Promise<boolean> {
  return new Promise((resolve) => {
    const observer = new ResizeObserver(([entry]) => {
      observer.disconnect()
      const device = entry?.devicePixelContentBoxSize[0]?.inlineSize ?? 0
      const css = (entry?.contentBoxSize[0]?.inlineSize ?? 0) * devicePixelRatio
      resolve(Math.abs(device - css) <= 2)
    })
    try {
      observer.observe(parent, { box: 'device-pixel-content-box' })
    } catch {
      // Safari does not count them at all, and xterm knows that.
      resolve(true)
    }
  })
}
