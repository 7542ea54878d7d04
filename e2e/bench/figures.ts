// How figures are reduced and shown. Absolute times are printed for people; only ratios within a run say anything.

export interface Percentiles {
  readonly p50: number
  readonly p99: number
}

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}

export function median(values: readonly number[]): number {
  return percentiles(values).p50
}

export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly goal: string
  readonly met: boolean
}

/** One line per figure, aligned. */
export function table(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length))
  return figures
    .map(
      ({ name, value, unit, goal, met }) =>
        `${met ? 'ok  ' : 'MISS'} ${name.padEnd(width)} ${value.toFixed(2).padStart(9)} ${unit.padEnd(5)} goal ${goal}`,
    )
    .join('\n')
}
