// What a person filled in, as `run.start` takes it: each input in its own type, and an empty field as no value.
import type { OpInput } from '#dsl/catalog.ts'
import type { WorkflowGraph } from '#web/state/checked.ts'

type Values = Pick<OpInput<'run.start'>, 'inputs' | 'repo' | 'branch'>

/** The name of an input's field: an input may be called `repo` too. */
export const fieldOf = (name: string): string => `input ${name}`

export function startValues(inputs: WorkflowGraph['inputs'], form: FormData): Values {
  const entries = Object.entries(inputs).flatMap(([name, { type }]): [string, unknown][] => {
    const written = form.get(fieldOf(name))
    // A box that is not ticked is not in the form.
    if (type === 'boolean') return [[name, written !== null]]
    if (typeof written !== 'string' || written === '') return []
    return [[name, type === 'number' ? Number(written) : written]]
  })
  const repo = textOf(form.get('repo'))
  const branch = textOf(form.get('branch'))
  return { inputs: Object.fromEntries(entries), ...(repo && { repo }), ...(branch && { branch }) }
}

const textOf = (value: FormDataEntryValue | null): string => (typeof value === 'string' ? value.trim() : '')
