// Amounts of bytes as people say them, in the reader's language.
import type { Language } from './say.ts'

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `340 KiB`, `1.2 GiB`, with steps of 1024, as plans say them. */
export function sizeOf(language: Language, bytes: number): string {
  const at = Math.min(Math.floor(Math.log2(Math.max(1, bytes)) / 10), UNITS.length - 1)
  const amount = bytes / 1024 ** at
  const maximumFractionDigits = amount < 10 && at > 0 ? 1 : 0
  return `${new Intl.NumberFormat(language, { maximumFractionDigits }).format(amount)} ${UNITS[at]}`
}
