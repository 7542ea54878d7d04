// Times as people say them, in the reader's language; it never reads the clock.
import type { Language } from './say.ts'

const STEPS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** `3 minutes ago`; `now` for the last minute, and for a time that a slow clock puts into the future. */
export function ago(language: Language, iso: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000)
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  for (const [unit, size] of STEPS)
    if (seconds >= size) return format.format(-Math.floor(seconds / size), unit)
  return format.format(0, 'second')
}

/** `24 November 2026`, without hours. */
export const dateOf = (language: Language, iso: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(new Date(iso))

/** `9:05` of milliseconds; never below zero. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** `0.8 s`, `12 s`, `3 min 5 s`, `2 h 4 min` of milliseconds. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms / 1000)
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.floor(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return parts([minutes, 'min'], [Math.floor(seconds % 60), 's'])
  return parts([Math.floor(minutes / 60), 'h'], [minutes % 60, 'min'])
}

/** The second one is left out when it is nothing. */
function parts(large: readonly [number, string], small: readonly [number, string]): string {
  const shown = small[0] === 0 ? [large] : [large, small]
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ')
}
