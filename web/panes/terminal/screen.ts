// The screen: xterm with its add-ons, built in one place and loaded only where a terminal is shown. It never knows the link.
import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { WebglAddon } from '@xterm/addon-webgl'
import { Terminal } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import type { Size } from '#dsl/powers/pty.ts'
import { guard, safeLink } from './hostile.ts'
import type { GuardEvents } from './hostile.ts'
import type { TerminalScreen } from './terminal.ts'
import { themeOf } from './theme.ts'
import type { ThemeName } from './theme.ts'

const SCROLLBACK_LINES = 10_000

export interface ScreenOptions extends GuardEvents {
  readonly parent: HTMLElement
  readonly theme: ThemeName
  readonly fontSize: number
  /** A link whose text may be another than its target. */
  readonly onLink: (url: string) => void
}

export interface Screen extends TerminalScreen {
  readonly xterm: Terminal
  readonly search: SearchAddon
  /** Cells that fit in the parent; undefined while it is not shown. */
  fits(): Size | undefined
  setTheme(theme: ThemeName): void
  setFontSize(px: number): void
  dispose(): void
}

export function openScreen(options: ScreenOptions): Screen {
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
    linkHandler: { activate: (_event, url) => safeLink(url) && options.onLink(url) },
  })
  const fit = new FitAddon()
  const search = new SearchAddon({ highlightLimit: 1000 })
  xterm.loadAddon(fit)
  xterm.loadAddon(search)
  xterm.loadAddon(new UnicodeGraphemesAddon())
  xterm.loadAddon(new WebLinksAddon((_event, url) => openLink(url)))
  guard(xterm, options)
  xterm.open(options.parent)
  drawByGpu(xterm)

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
    setTheme: (theme) => (xterm.options.theme = themeOf(theme)),
    setFontSize: (px) => (xterm.options.fontSize = px),
    dispose: () => xterm.dispose(),
  }
}

/** Opens a link in a tab of its own that knows nothing of this one. */
export function openLink(url: string): void {
  if (safeLink(url)) window.open(url, '_blank', 'noopener,noreferrer')
}

/** Without WebGL, or once its context is lost, xterm draws by the DOM. */
function drawByGpu(xterm: Terminal): void {
  try {
    const webgl = new WebglAddon()
    webgl.onContextLoss(() => webgl.dispose())
    xterm.loadAddon(webgl)
  } catch {
    // This browser has no WebGL 2.
  }
}
