// `chispart run`: starts a workflow, a file's or a stored one, and follows it when asked.
import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { runStart } from '#dsl/ops/run/start.ts'
import type { Config } from '#cli/config.ts'
import type { Globals } from '#cli/derive.ts'
import type { Link } from '#cli/link.ts'
import { printLine, printNote, printOutput } from '#cli/print.ts'
import { endpointOf, interruptible, withLink } from '#cli/session.ts'
import { watchCommand, watchRun } from './watch.ts'

const Asks = z.object({ inputs: z.record(z.string(), z.object({ type: z.string() })) })

interface RunOptions extends Globals {
  readonly input?: Readonly<Record<string, string>>
  readonly repo?: string
  readonly branch?: string
  readonly watch?: boolean
}

export function runCommand(config: Config): Command {
  const command = new Command('run')
  return command
    .enablePositionalOptions()
    .description('Run a workflow')
    .argument('<workflow>', 'A file (*.yaml, or a path), - for standard input, or the name of a stored one')
    .option('--input <name=value>', 'What the workflow asks for; once for each', collect)
    .option('--repo <url>', 'Repository to clone to /work/app')
    .option('--branch <name>', "The repository's default branch when left out")
    .option('--watch', 'Follow it to its end, with what its steps print')
    .action(async (workflow: string) => {
      const options = command.optsWithGlobals<RunOptions>()
      const { json, watch, input: texts = {}, repo, branch } = options
      const endpoint = endpointOf(options, config, 'control')
      const source = sourceOf(workflow)
      const answer = await withLink(endpoint, async (link) => {
        const inputs = await valuesFor(link, source, texts)
        const input = { ...source, inputs, ...(repo && { repo }), ...(branch && { branch }) }
        return interruptible(link.call('run.start', input))
      })
      const { run } = runStart.output.parse(answer)
      if (watch) {
        process.exitCode = await watchRun(endpoint, run.id, { json: json ?? false, color: config.color })
        return
      }
      if (json) return printOutput(answer, { json })
      printLine(run.id)
      printNote(`${run.workflow} #${run.number} is ${run.state}. To see it: chispart run watch ${run.id}`)
    })
    .addCommand(watchCommand(config))
}

/** A path or a name with the ending of a workflow file is a file; any other name is a stored workflow's. */
function sourceOf(workflow: string): Record<string, string> {
  if (workflow === '-') return { text: readWorkflow(0, 'Standard input'), file: 'stdin' }
  if (!/[/\\]|\.ya?ml$/i.test(workflow)) return { workflow }
  return { text: readWorkflow(workflow, workflow), file: workflow }
}

/** A command line has only text: what reads as a number, or as true or false, is one where the workflow asks for one. */
async function valuesFor(
  link: Link,
  source: Record<string, string>,
  texts: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  if (Object.keys(texts).length === 0) return {}
  const { workflow } = source
  const { answer } =
    workflow === undefined
      ? link.call('workflow.graph', source)
      : link.call('workflow.get', { name: workflow })
  const { inputs } = Asks.parse(await answer)
  const entries = Object.entries(texts).map(([name, text]) => {
    const type = Object.hasOwn(inputs, name) ? inputs[name]?.type : undefined
    return [name, valueOf(type, text)] as const
  })
  return Object.fromEntries(entries)
}

function valueOf(type: string | undefined, text: string): unknown {
  if (type === 'number' && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  return text
}

/** A workflow file's text. Faults: not_found. */
export function readWorkflow(file: string | 0, name: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Fault('not_found', `${name} cannot be read: ${(cause as Error).message}.`, { cause })
  }
}

function collect(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Write name=value.')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}
