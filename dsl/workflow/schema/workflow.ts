// The whole file as authors write it. What it says is checked here; what it means is built in `build.ts`.
import { z } from 'zod'
import { policy } from './policy.ts'
import { retry, step } from './step.ts'
import { milliseconds, template, variables } from './text.ts'
import { on } from './trigger.ts'

/** Steps of one workflow, before any matrix. */
export const STEPS_MAX = 1000

const concurrency = z
  .union([
    template().min(1).max(256),
    z.strictObject({
      group: template()
        .min(1)
        .max(256)
        .describe('Runs of one group do not overlap: deploy-${{ context.branch }}'),
      'cancel-in-progress': z.boolean().default(false).describe('Whether a new run stops the one before'),
      queue: z
        .int()
        .min(1)
        .max(1000)
        .optional()
        .describe('How many wait their turn; the oldest of more is cancelled'),
    }),
  ])
  .describe('Which runs do not overlap')

export const workflow = z
  .strictObject({
    name: z.string().min(1).max(128).describe('How the workflow is called'),
    description: z.string().max(2000).optional().describe('What it is for'),
    on: on.optional(),
    policy: policy.optional(),
    env: variables().optional().describe('Variables for the commands of every step'),
    concurrency: concurrency.optional(),
    defaults: z
      .strictObject({
        timeout: milliseconds().optional().describe('Milliseconds until an attempt of a step is stopped'),
        retry: z.union([retry, z.int().min(1).max(20)]).optional(),
        with: z
          .record(z.string().max(128), z.unknown())
          .optional()
          .describe('Fields for every step that has them and does not set them: cwd'),
      })
      .optional()
      .describe('What holds for every step that does not say otherwise'),
    steps: z
      .array(step)
      .min(1)
      .max(STEPS_MAX)
      .describe('What is done, in this order unless needs says otherwise'),
  })
  .describe('A Chispart workflow')

export type WorkflowText = z.output<typeof workflow>
export type StepText = z.output<typeof step>
