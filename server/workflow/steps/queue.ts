// Which kind of work a step is: the queue that it waits in, and so which workers may take it.

export const QUEUES = ['shell', 'git', 'llm', 'qa', 'tests', 'repo'] as const
export type Queue = (typeof QUEUES)[number]

const BY_FAMILY: Readonly<Record<string, Queue>> = {
  git: 'git',
  llm: 'llm',
  qa: 'qa',
  tests: 'tests',
  github: 'repo',
  repo: 'repo',
}

/** By the first part of its name: `git.commit` is git. Whatever has no worker of its own is shell. */
export function queueOf(uses: string): Queue {
  const [family = ''] = uses.split('.')
  return Object.hasOwn(BY_FAMILY, family) ? (BY_FAMILY[family] ?? 'shell') : 'shell'
}
