// What is sent when a run begins.
import { expect, it } from 'vitest'
import { fieldOf, startValues } from './values.ts'

function formOf(values: Record<string, string>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(values)) form.set(name, value)
  return form
}

it('sends each input in its own type', () => {
  const inputs = {
    who: { type: 'string', required: true },
    times: { type: 'number', required: false },
    loud: { type: 'boolean', required: false },
    quiet: { type: 'boolean', required: false, default: true },
    size: { type: 'choice', required: false, options: ['s', 'm'] },
  } as const
  const form = formOf({
    [fieldOf('who')]: 'Ada',
    [fieldOf('times')]: '1.5',
    [fieldOf('loud')]: 'on',
    [fieldOf('size')]: 'm',
  })
  expect(startValues(inputs, form)).toEqual({
    inputs: { who: 'Ada', times: 1.5, loud: true, quiet: false, size: 'm' },
  })
})

it('leaves out what is empty, so that its default holds', () => {
  const inputs = { times: { type: 'number', required: false, default: 3 } } as const
  expect(startValues(inputs, formOf({ [fieldOf('times')]: '', repo: ' ', branch: '' }))).toEqual({
    inputs: {},
  })
})

it('keeps an input called repo apart from the repository', () => {
  const inputs = { repo: { type: 'string', required: false } } as const
  const form = formOf({ [fieldOf('repo')]: 'mine', repo: ' https://example.com/a.git ', branch: 'main' })
  expect(startValues(inputs, form)).toEqual({
    inputs: { repo: 'mine' },
    repo: 'https://example.com/a.git',
    branch: 'main',
  })
})
