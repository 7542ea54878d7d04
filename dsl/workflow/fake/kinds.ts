// The step kinds that tests hand to the language: those that exist, which the seed's example uses too.
import { CATALOG } from '#dsl/catalog.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'

export const SEED_KINDS = stepKinds(CATALOG)
