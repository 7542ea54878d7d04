// Reads a SARIF 2.1.0 report as findings (OASIS SARIF §3.27). It takes only what it shows, and trusts nothing.
import { z } from 'zod'
import { firstLine, placeOf } from './finding.ts'
import type { Finding } from './finding.ts'

const Result = z.object({
  ruleId: z.string().default(''),
  level: z.enum(['none', 'note', 'warning', 'error']).default('warning'),
  message: z.object({ text: z.string().default('') }),
  locations: z
    .array(
      z.object({
        physicalLocation: z
          .object({
            artifactLocation: z.object({ uri: z.string().optional() }).optional(),
            region: z.object({ startLine: z.int().optional() }).optional(),
          })
          .optional(),
      }),
    )
    .default([]),
})
const Report = z.object({ runs: z.array(z.object({ results: z.array(Result).default([]) })) })

/** Undefined when it is no such report. */
export function readSarif(text: string): Finding[] | undefined {
  const report = Report.safeParse(jsonOf(text))
  if (!report.success) return undefined
  return report.data.runs.flatMap(({ results }) => results.map(findingOf))
}

function findingOf({ ruleId, level, message, locations }: z.output<typeof Result>): Finding {
  const { artifactLocation, region } = locations[0]?.physicalLocation ?? {}
  const place = placeOf(artifactLocation?.uri, region?.startLine)
  const said = { title: ruleId, message: firstLine(message.text), ...(place !== undefined && { place }) }
  return { ...said, level: level === 'none' ? 'note' : level }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
