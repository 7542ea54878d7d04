// Finds a sentence in the reader's language and fills its {holes}; it never reads the DOM.
import { en } from './en.ts'
import { es } from './es.ts'

export type Language = 'en' | 'es'
export type TextKey = keyof typeof en

const texts: Record<Language, Record<TextKey, string>> = { en, es }

/** A hole without a value stays visible, so that a forgotten value is seen. */
export const say = (language: Language, key: TextKey, values: Record<string, string | number> = {}): string =>
  texts[language][key].replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))

/** `es-MX` reads Spanish; every language that has no text here reads English. */
export const languageOf = (tag: string): Language => (/^es\b/i.test(tag) ? 'es' : 'en')
