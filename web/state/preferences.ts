// What a person prefers on this browser: theme, letter size, language. It lives in local storage and goes nowhere else.
import { createEffect } from 'solid-js'
import { createStore } from 'solid-js/store'
import { languageOf, say } from '#web/text/say.ts'
import type { Language, TextKey } from '#web/text/say.ts'
import { createMedia } from './media.ts'

/** Pixels of a terminal's letters. */
export const FONT_SIZES = { min: 10, max: 24, usual: 14 } as const
export const THEMES = ['system', 'light', 'dark'] as const
const KEY = 'chispart.preferences'

export interface Preferences {
  theme: (typeof THEMES)[number]
  fontSize: number
  /** Whether terminals mirror their rows as text for a screen reader. */
  reader: boolean
  /** Left out: the language of the browser. */
  language?: Language | undefined
}

/** Reads what was kept; a value that does not fit falls back to its default alone. */
export function readPreferences(text: string | null): Preferences {
  const { theme, fontSize, reader, language } = objectOf(text)
  return {
    theme: THEMES.find((known) => known === theme) ?? 'system',
    fontSize: typeof fontSize === 'number' ? clampFont(fontSize) : FONT_SIZES.usual,
    reader: reader === true,
    language: language === 'en' || language === 'es' ? language : undefined,
  }
}

export const clampFont = (size: number): number =>
  Math.round(Math.min(FONT_SIZES.max, Math.max(FONT_SIZES.min, size)))

/** Reactive; applies theme and language to the document while its owner lives. */
export function createPreferences(storage: Storage) {
  const [kept, setKept] = createStore(readPreferences(storage.getItem(KEY)))
  const dark = createMedia('(prefers-color-scheme: dark)')
  const theme = () => (kept.theme === 'system' ? (dark() ? 'dark' : 'light') : kept.theme)
  const language = () => kept.language ?? languageOf(navigator.language)

  createEffect(() => storage.setItem(KEY, JSON.stringify(kept)))
  createEffect(() => (document.documentElement.dataset['theme'] = theme()))
  createEffect(() => (document.documentElement.lang = language()))

  return {
    kept,
    set: (change: Partial<Preferences>) => setKept(change),
    /** The theme in force: the system's own is followed live. */
    theme,
    language,
    t: (key: TextKey, values?: Record<string, string | number>) => say(language(), key, values),
  }
}

function objectOf(text: string | null): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text ?? '{}')
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
