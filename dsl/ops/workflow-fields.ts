// Input fields that carry a workflow's text. They bring the limits of its language along, so no op of a sandbox may use them.
import { z } from 'zod'
import { TEXT_MAX } from '#dsl/workflow/source.ts'

/** A byte over the limit of the language, so that it is the language that refuses and says why. */
export const workflowText = () =>
  z
    .string()
    .max(TEXT_MAX + 1)
    .describe('The workflow, as YAML')
export const workflowFile = () =>
  z.string().min(1).max(1024).default('workflow.yaml').describe('How the text is called in problems')
