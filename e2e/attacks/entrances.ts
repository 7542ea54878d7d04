// How a person of each plan gets code of their own to run inside: by what the plan lists and the files that they may write.
// The list is no boundary, and says so (SECURITY.md); the sandbox must hold for all of them.
import type { Client } from '#e2e/stage/client.ts'
import { COMMANDS, RUNNER, RUNNER_TEXT, SAID } from './runner.ts'

const NODE_RUNS = `/opt/chispart/bin/node ${RUNNER}`
const HOOK = '/work/attacks/hook'
const PART = 4_000_000
const AT_ONCE = 6

interface Entrance {
  /** Files that turn what is allowed into what is wanted. */
  readonly files: Readonly<Record<string, string>>
  /** What the plan lists. */
  readonly cmd: string
}

const ENTRANCES: Readonly<Record<string, Entrance>> = {
  gratis: {
    files: {
      [HOOK]: `#!/bin/sh\n${NODE_RUNS} </dev/null >/dev/null 2>&1\n`,
      '/work/app/.git/config': `[core]\n\trepositoryformatversion = 0\n\tfsmonitor = sh ${HOOK}\n`,
    },
    cmd: 'git status',
  },
  basico: {
    files: { '/work/app/package.json': JSON.stringify({ name: 'x', scripts: { test: NODE_RUNS } }) },
    cmd: 'npm test',
  },
  pro: { files: {}, cmd: `node ${RUNNER}` },
  libre: { files: {}, cmd: `bash -c '${NODE_RUNS}'` },
}

/** A plan that nobody has looked at runs what its list lets through: that must be thought about, not guessed. */
export function entranceOf(plan: string): Entrance {
  const found = ENTRANCES[plan]
  if (found === undefined) throw new Error(`How does a person of the plan "${plan}" run code? Say it here.`)
  return found
}

/** What each command said, in their order. */
export async function runInside(
  client: Client,
  workspace: string,
  plan: string,
  commands: readonly string[],
  atOnce = AT_ONCE,
): Promise<readonly string[]> {
  const { files, cmd } = entranceOf(plan)
  const write = async (path: string, content: string) => {
    const answer = await client.call('file.write', { workspace, path, content, parents: true })
    if (answer['ok'] !== true) throw new Error(`${path}: ${JSON.stringify(answer)}`)
  }
  await client.call('file.remove', { workspace, path: SAID })
  for (const [path, text] of Object.entries({
    ...files,
    [RUNNER]: RUNNER_TEXT,
    [COMMANDS]: JSON.stringify({ commands, atOnce }),
  }))
    await write(path, text)
  const ran = await client.call('exec', { workspace, cmd, timeout: 120_000 })
  const read = await client.call('file.read', { workspace, path: SAID, length: PART })
  if (read['ok'] !== true)
    throw new Error(`${cmd} ran nothing: ${JSON.stringify([ran, read]).slice(0, 2000)}`)
  return JSON.parse(String(read['content'])) as string[]
}
