// The shape of a command line in the tables of R9: a list of patterns, the line, and what refuses it. Data for tests only.

export interface Case {
  /** The list that judges; one pattern a comma. */
  readonly list: string
  readonly line: string
  /** Absent: allowed. Else the word the refusal names; R9 unless another rule is said. */
  readonly refused?: string
  readonly rule?: string
}

type Lines = readonly (string | readonly [line: string, word: string, rule?: string])[]

export const cases = (list: string, lines: Lines): readonly Case[] =>
  lines.map((entry) => {
    if (typeof entry === 'string') return { list, line: entry }
    const [line, refused, rule = 'R9'] = entry
    return { list, line, refused, rule }
  })
