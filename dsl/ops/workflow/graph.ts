// workflow.graph: the steps of a workflow, level by level, and the edges worth drawing.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { workflowFile, workflowText } from '#dsl/ops/workflow-fields.ts'
import { graphOf, levelsOf, reducedEdges } from '#dsl/workflow/graph.ts'
import { loadWorkflow } from '#dsl/workflow/parse.ts'
import { INPUT } from './fields.ts'

export const workflowGraph = op({
  name: 'workflow.graph',
  summary: 'Show the steps of a workflow and their order',
  needs: ['stepKinds'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({ text: workflowText(), file: workflowFile() }),
  output: z.object({
    name: z.string(),
    steps: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        uses: z.string().optional(),
        level: z.int().describe('Steps of one level may run at once'),
        needs: z.array(z.object({ from: z.string(), kind: z.enum(['after', 'needs', 'reads']) })),
      }),
    ),
    edges: z
      .array(z.object({ from: z.string(), to: z.string() }))
      .describe('Without those that others imply'),
    inputs: z.record(z.string(), INPUT).describe('What `on: manual` asks for'),
  }),
  run({ stepKinds }, { text, file }) {
    const workflow = loadWorkflow(text, stepKinds, file)
    const graph = graphOf(workflow.steps)
    const levels = new Map(levelsOf(graph).flatMap((ids, level) => ids.map((id) => [id, level] as const)))
    const steps = workflow.steps.map(({ id, name, uses, needs }) => ({
      id,
      name,
      ...(uses === undefined ? {} : { uses }),
      level: levels.get(id) ?? 0,
      needs: [...needs],
    }))
    const inputs = workflow.on.find((trigger) => trigger.type === 'manual')?.inputs ?? {}
    return Promise.resolve({ name: workflow.name, steps, edges: [...reducedEdges(graph)], inputs })
  },
})
