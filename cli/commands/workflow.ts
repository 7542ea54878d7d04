// `chispart workflow validate|graph|schema|save`: the ops about workflow files, with files where the ops take text.
import { existsSync, globSync } from 'node:fs'
import { Command } from 'commander'
import { FAULTS, Fault } from '#dsl/fault.ts'
import { workflowGraph } from '#dsl/ops/workflow/graph.ts'
import { workflowSave } from '#dsl/ops/workflow/save.ts'
import { workflowSchema } from '#dsl/ops/workflow/schema.ts'
import { workflowValidate } from '#dsl/ops/workflow/validate.ts'
import type { Config } from '#cli/config.ts'
import type { Globals } from '#cli/derive.ts'
import type { Answer, Link } from '#cli/link.ts'
import { plain, printLine, printNote, printOutput } from '#cli/print.ts'
import { endpointOf, interruptible, withLink } from '#cli/session.ts'
import { readWorkflow } from './run.ts'

/** sysexits(3): EX_DATAERR. */
const BAD_FILE = FAULTS.malformed.exit

export function workflowCommand(config: Config): Command {
  const group = new Command('workflow')
    .alias('workflows')
    .description('Check, draw, store and list workflows')
  const add = (name: string, summary: string, operand: string | undefined, act: Act) => {
    const command = new Command(name).description(summary)
    if (operand !== undefined) command.argument(operand, 'Workflow files, or patterns of them: ci/*.yaml')
    command.action(async (given: string | string[] | undefined) => {
      const globals = command.optsWithGlobals<Globals>()
      const endpoint = endpointOf(globals, config, 'control')
      const files = operand === undefined ? [] : filesOf([given ?? []].flat())
      await withLink(endpoint, (link) => act(link, files, globals.json ?? false))
    })
    group.addCommand(command)
  }
  add('validate', workflowValidate.summary, '<file...>', validate)
  add('graph', workflowGraph.summary, '<file>', graph)
  add('schema', workflowSchema.summary, undefined, schema)
  add('save', workflowSave.summary, '<file...>', save)
  return group
}

type Act = (link: Link, files: readonly string[], json: boolean) => Promise<void>

const ask = (link: Link, op: string, input: Record<string, unknown>): Promise<Answer> =>
  interruptible(link.call(op, input))
const textOf = (file: string) => ({ text: readWorkflow(file === '-' ? 0 : file, file) })
const textAndFile = (file: string) => ({ ...textOf(file), file: file === '-' ? 'stdin' : file })

/** A shell that knows no patterns leaves them to us. Faults: not_found (a file, or a pattern that fits none). */
function filesOf(operands: readonly string[]): string[] {
  const files = operands.flatMap((operand) => {
    if (operand === '-' || existsSync(operand) || !/[*?[{]/.test(operand)) return [operand]
    const found = globSync(operand).sort()
    if (found.length === 0) throw new Fault('not_found', `No file fits ${operand}.`)
    return found
  })
  return [...new Set(files)]
}

async function validate(link: Link, files: readonly string[], json: boolean): Promise<void> {
  let errors = 0
  for (const file of files) {
    const answer = await ask(link, 'workflow.validate', textAndFile(file))
    const { problems } = workflowValidate.output.parse(answer)
    errors += problems.filter(({ severity }) => severity === 'error').length
    if (json) printOutput({ file, ...answer }, { json })
    else for (const { text } of problems) printLine(plain(text))
  }
  if (errors > 0) process.exitCode = BAD_FILE
  if (!json) printNote(`${count(files.length, 'file')}, ${count(errors, 'error')}`)
}

const count = (many: number, noun: string) => `${many} ${noun}${many === 1 ? '' : 's'}`

/** A line a step: its level (steps of one may run at once), what it uses, and whom it waits for. */
async function graph(link: Link, files: readonly string[], json: boolean): Promise<void> {
  const answer = await ask(link, 'workflow.graph', textAndFile(files[0] ?? ''))
  if (json) return printOutput(answer, { json })
  const { steps, edges } = workflowGraph.output.parse(answer)
  const rows = [...steps]
    .sort((a, b) => a.level - b.level)
    .map(({ id, uses, level }) => {
      const after = edges.filter(({ to }) => to === id).map(({ from }) => from)
      return { level: level + 1, step: id, uses, after: after.join(', ') }
    })
  printOutput({ rows }, { json: false })
}

async function schema(link: Link, _: readonly string[], json: boolean): Promise<void> {
  const answer = await ask(link, 'workflow.schema', {})
  const { schema: wanted } = workflowSchema.output.parse(answer)
  printLine(json ? JSON.stringify(wanted) : JSON.stringify(wanted, null, 2))
}

async function save(link: Link, files: readonly string[], json: boolean): Promise<void> {
  for (const file of files) {
    const answer = await ask(link, 'workflow.save', textOf(file))
    const { name, triggers } = workflowSave.output.parse(answer)
    if (json) printOutput(answer, { json })
    else printLine(plain(`${name}  ${triggers.join(', ')}`))
  }
}
