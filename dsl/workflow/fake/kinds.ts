// The ops of the catalog and the step kinds of the seed's example, as tests hand them to the language.
import { z } from 'zod'
import { CATALOG } from '#dsl/catalog.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import type { StepKind } from '#dsl/workflow/step-kind.ts'

const kind = (name: string, runs: StepKind['runs'], fields: z.core.$ZodLooseShape): StepKind => ({
  name,
  summary: name,
  input: z.object(fields),
  runs,
  shell: [],
})

export const SEED_KINDS = stepKinds(CATALOG, [
  kind('qa.review', 'workspace', { ruleset: z.enum(['strict', 'default']).default('default') }),
])
