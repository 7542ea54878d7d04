// Stored workflows that remember what they were asked, for tests of ops and faces.
import { Fault } from '#dsl/fault.ts'
import type { WorkflowDetail, WorkflowInfo, Workflows } from '#dsl/powers/workflows.ts'

export const HELLO: WorkflowInfo = { name: 'hello', triggers: ['manual'], example: true }

export const HELLO_DETAIL: WorkflowDetail = {
  ...HELLO,
  text: 'name: hello',
  inputs: { who: { type: 'string', required: false, default: 'you' } },
}

export function fakeWorkflows(asked: unknown[] = []): Workflows {
  const known = (name: string) => {
    if (name !== HELLO.name) throw new Fault('not_found', `You have no workflow "${name}".`)
  }
  return {
    list: async () => [HELLO],
    get: async (name) => (known(name), HELLO_DETAIL),
    async save(...what) {
      asked.push(['save', ...what])
      return HELLO
    },
    async remove(name) {
      known(name)
      asked.push(['remove', name])
    },
  }
}
