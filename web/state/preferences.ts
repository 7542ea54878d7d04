// What a person prefers on this browser: theme, letter size, language. It lives in local storage and goes nowhere else.
import { createEffect, createSignal, onCleanup } from 'solid-js'
import { createStore } from 'solid-js/store'
import { z } from 'zod'
import { languageOf, say } from '#web/text/say.ts'
import type { TextKey } from '#web/text/say.ts'

export const FONT_SIZES = { min: 10, max: 24 } as const
const KEY = 'chispart.preferences'

const Preferences = z.object({
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  fontSize: z.int().min(FONT_SIZES.min).max(FONT_SIZES.max).catch(14),
  language: z.enum(['en', 'es']).optional().catch(undefined),
})
export type Preferences = z.output<typeof Preferences>

/** Reads what was kept; a value that does not fit falls back to its default alone. */
export function readPreferences(text: string | null): Preferences {
  try {
    return Preferences.parse(JSON.parse(text ?? '{}'))
  } catch {
    return Preferences.parse({})
  }
}

/** Reactive; applies theme and language to the document while its owner lives. */
export function createPreferences(storage: Storage) {
  const [kept, setKept] = createStore(readPreferences(storage.getItem(KEY)))
  const dark = createDarkSystem()
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

function createDarkSystem(): () => boolean {
  const query = matchMedia('(prefers-color-scheme: dark)')
  const [dark, setDark] = createSignal(query.matches)
  const follow = () => setDark(query.matches)
  query.addEventListener('change', follow)
  onCleanup(() => query.removeEventListener('change', follow))
  return dark
}
