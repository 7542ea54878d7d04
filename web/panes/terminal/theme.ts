// The sixteen colours of a terminal on paper and on ink, in the identity of web/theme/tokens.css.
import type { ITheme } from '@xterm/xterm'

export type ThemeName = 'light' | 'dark'

const LIGHT: ITheme = {
  background: '#faf6ef',
  foreground: '#1d1815',
  cursor: '#9a4b0c',
  cursorAccent: '#faf6ef',
  selectionBackground: '#ecc48f',
  selectionInactiveBackground: '#ecc48f',
  scrollbarSliderBackground: '#8c7f7255',
  scrollbarSliderHoverBackground: '#8c7f7288',
  scrollbarSliderActiveBackground: '#8c7f72aa',
  black: '#1d1815',
  red: '#a3231b',
  green: '#2c6e3f',
  yellow: '#855500',
  blue: '#22598f',
  magenta: '#8a3a78',
  cyan: '#136b6b',
  white: '#665b52',
  brightBlack: '#756a60',
  brightRed: '#bf3a2b',
  brightGreen: '#3a7d3c',
  brightYellow: '#9a6300',
  brightBlue: '#2f6cab',
  brightMagenta: '#a04a8c',
  brightCyan: '#1f7a7a',
  brightWhite: '#4a4139',
}

const DARK: ITheme = {
  background: '#14110f',
  foreground: '#f3ebe0',
  cursor: '#f0a04b',
  cursorAccent: '#14110f',
  selectionBackground: '#6b451a',
  selectionInactiveBackground: '#6b451a',
  scrollbarSliderBackground: '#7d706455',
  scrollbarSliderHoverBackground: '#7d706488',
  scrollbarSliderActiveBackground: '#7d7064aa',
  black: '#352d27',
  red: '#ff8a7a',
  green: '#7fc48f',
  yellow: '#e8b65a',
  blue: '#86b3e6',
  magenta: '#d79ac6',
  cyan: '#78c4c0',
  white: '#d8cec2',
  brightBlack: '#8c7f72',
  brightRed: '#ffab9f',
  brightGreen: '#a2dcae',
  brightYellow: '#ffd184',
  brightBlue: '#add0f7',
  brightMagenta: '#ecbcde',
  brightCyan: '#a0e0dc',
  brightWhite: '#fffaf2',
}

export function themeOf(name: ThemeName): ITheme {
  return name === 'dark' ? DARK : LIGHT
}

/** Matches of a search: all of them, and the one that is looked at. The overview on the scrollbar has the same colours. */
export function matchColours(name: ThemeName) {
  const [match, active] = name === 'dark' ? ['#3d2f1d', '#b8701f'] : ['#f6e6cb', '#d98a2b']
  return {
    matchBackground: match,
    activeMatchBackground: active,
    matchOverviewRuler: match,
    activeMatchColorOverviewRuler: active,
  }
}
