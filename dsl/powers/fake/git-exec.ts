// A small real Exec for op tests: it runs git, and git only, in a new repository that `close` deletes.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Exec } from '#dsl/powers/exec.ts'

export interface GitExec extends Exec {
  readonly dir: string
  write(name: string, content: string | Uint8Array): void
  git(...args: string[]): Promise<string>
  close(): void
}

/** No configuration of the machine, so that a test means the same everywhere. */
const ENVIRONMENT = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ana',
  GIT_AUTHOR_EMAIL: 'ana@example.org',
  GIT_COMMITTER_NAME: 'Ana',
  GIT_COMMITTER_EMAIL: 'ana@example.org',
  LANG: 'C.UTF-8',
  PATH: '/usr/local/bin:/usr/bin:/bin',
}

export async function gitExec(): Promise<GitExec> {
  const dir = mkdtempSync(join(tmpdir(), 'chispart-git-'))
  const exec: GitExec = {
    dir,
    write: (name, content) => writeFileSync(join(dir, name), content),
    git: async (...args) => (await exec.run(['git', ...args])).stdout,
    close: () => rmSync(dir, { recursive: true, force: true }),
    run(command, { cwd = '.', stdin = '', env = {} } = {}) {
      if (!Array.isArray(command) || command[0] !== 'git') throw new Error('Only git runs here.')
      const child = spawn('git', command.slice(1), { cwd: join(dir, cwd), env: { ...ENVIRONMENT, ...env } })
      let stdout = ''
      let stderr = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
      child.stdin.on('error', () => undefined).end(stdin)
      return new Promise((resolve, reject) => {
        child.once('error', reject)
        child.once('close', (code) => resolve({ exitCode: code ?? 128, stdout, stderr, truncated: false }))
      })
    },
    stream: () => Promise.reject(new Error('No streams here.')),
  }
  await exec.git('init', '--quiet', '-b', 'main')
  return exec
}
