// What reports say, in one form: what is wrong, how bad it is, and where.

export interface Finding {
  readonly level: 'error' | 'warning' | 'note'
  /** The rule or the test. */
  readonly title: string
  readonly message: string
  /** `src/a.ts:12`; undefined when the report does not say. */
  readonly place?: string
}

/** Shown of a report; the rest is in the download. */
export const FINDINGS_MAX = 200

/** One line of the reader's. */
export const firstLine = (text: string): string => text.trim().split('\n')[0]?.slice(0, 500) ?? ''

export const placeOf = (file: string | undefined, line: number | string | undefined): string | undefined =>
  file === undefined || file === '' ? undefined : line === undefined || line === '' ? file : `${file}:${line}`
