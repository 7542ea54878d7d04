// workflow.validate: every problem of a workflow file, with its place. A file that is wrong is a result, not a fault.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { workflowFile, workflowText } from '#dsl/ops/workflow-fields.ts'
import { parseWorkflow } from '#dsl/workflow/parse.ts'
import { printProblem } from '#dsl/workflow/problem.ts'
import { PROBLEM } from './fields.ts'

export const workflowValidate = op({
  name: 'workflow.validate',
  summary: 'Check a workflow file and list its problems',
  needs: ['stepKinds'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({ text: workflowText(), file: workflowFile() }),
  output: z.object({
    valid: z.boolean().describe('Whether it can run: it may still have warnings'),
    problems: z.array(PROBLEM),
  }),
  run({ stepKinds }, { text, file }) {
    const { workflow, problems } = parseWorkflow(text, stepKinds)
    const printed = problems.map((problem) => ({ ...problem, text: printProblem(problem, file) }))
    return Promise.resolve({ valid: workflow !== undefined, problems: printed })
  },
})
