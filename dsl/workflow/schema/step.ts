// One step of a workflow as authors write it.
import { z } from 'zod'
import { DAY_MS, milliseconds, scalar, stepId, template, variables } from './text.ts'

export const BACKOFFS = ['constant', 'linear', 'exponential'] as const

export const retry = z
  .strictObject({
    attempts: z.int().min(1).max(20).default(3).describe('How often it is tried in all'),
    backoff: z.enum(BACKOFFS).default('exponential').describe('How the wait grows from try to try'),
    delay_ms: z.int().min(0).max(DAY_MS).default(1000).describe('Milliseconds before the second try'),
    max_delay_ms: z.int().min(0).max(DAY_MS).default(60_000).describe('Milliseconds that no wait passes'),
  })
  .describe('Try again when it fails in a way that another try may mend')

/** Reserved keys beside the axes. */
export const MATRIX_KEYS = ['include', 'exclude', 'max_parallel', 'fail_fast'] as const

const combination = z.record(z.string().max(64), z.unknown())

export const matrix = z
  .union([
    template().describe('An expression that gives the whole matrix: ${{ fromJSON(steps.list.output) }}'),
    z
      .object({
        include: z
          .union([z.array(combination).max(256), template()])
          .optional()
          .describe('Combinations to add to'),
        exclude: z
          .union([z.array(combination).max(256), template()])
          .optional()
          .describe('Combinations to leave out'),
        max_parallel: z.int().min(1).max(256).optional().describe('How many run at once'),
        fail_fast: z.boolean().default(true).describe('Whether one failure cancels the others'),
      })
      .catchall(z.union([z.array(z.unknown()).min(1).max(256), template()]))
      .describe('Every other key is an axis with its values'),
  ])
  .describe('Runs the step once for every combination; read as matrix.NAME')

const artifact = z.union([
  z.string().min(1).max(1024),
  z.strictObject({
    name: z.string().min(1).max(128).optional().describe('How it is shown; the path when left out'),
    path: z
      .union([z.string().min(1).max(1024), z.array(z.string().min(1).max(1024)).min(1).max(50)])
      .describe('Files to keep, as globs: dist/**'),
    when: z
      .enum(['success', 'failure', 'always'])
      .default('always')
      .describe('After which end they are kept'),
    retention_days: z.int().min(1).max(3650).optional().describe('Days until it is removed'),
  }),
])

const approval = z.union([
  z.literal(true),
  z.strictObject({
    message: template().max(2000).optional().describe('What the person reads before deciding'),
    approvers: z
      .array(z.string().min(1).max(128))
      .max(50)
      .optional()
      .describe('Who may decide; anyone when left out'),
    timeout: milliseconds(30 * DAY_MS)
      .optional()
      .describe('Milliseconds until it counts as refused'),
  }),
])

export const step = z
  .strictObject({
    id: stepId().optional().describe('How other steps call it: steps.ID; step-N when left out'),
    name: template().max(200).optional().describe('How people see it'),
    uses: z.string().min(1).max(128).optional().describe('What it does: an op or a kind of step'),
    with: z.record(z.string().max(128), z.unknown()).optional().describe('The fields of what it uses'),
    if: z
      .union([template(), z.boolean()])
      .optional()
      .describe('Runs only when this holds; success() is meant unless it asks for a status itself'),
    needs: z
      .union([stepId(), z.array(stepId()).max(100)])
      .optional()
      .describe('Steps that end before; the step above when left out, [] for none'),
    env: variables().optional().describe('Variables for its commands: the safe way to give them a value'),
    retry: z.union([retry, z.int().min(1).max(20)]).optional(),
    timeout: milliseconds().optional().describe('Milliseconds until an attempt is stopped'),
    continue_on_error: z
      .union([z.boolean(), template()])
      .optional()
      .describe('Whether the run goes on as if it had not failed'),
    matrix: matrix.optional(),
    outputs: z
      .record(
        z
          .string()
          .max(64)
          .regex(/^[A-Za-z_][\w-]*$/),
        scalar(),
      )
      .optional()
      .describe('Values to keep, read as steps.ID.outputs.NAME; steps.ID is then this step itself'),
    artifacts: z
      .union([artifact, z.array(artifact).max(50)])
      .optional()
      .describe('Files to keep after it'),
    approval: approval.optional().describe('Waits for a person before it starts'),
  })
  .describe('One step: something that is used, once or for every combination of a matrix')
