// A real `git http-backend` for a GitHub double: it lets in whoever has the token, as GitHub takes it, and nobody else.
// Repositories are bare ones in a folder of its own, which a test may look into.
import { execFileSync } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { answerGit, makeRepository } from '#server/egress/test-git-host.ts'

export interface GitHost {
  /** One commit on `main` of these files, path → text. `name`: owner/name. */
  addRepository(name: string, files: Readonly<Record<string, string>>): HostedRepository
  /** False for what is no request of git. */
  serve(request: IncomingMessage, response: ServerResponse): boolean
  /** Requests of git so far: `POST /acme/app.git/git-receive-pack 200`, with the status that it was told. */
  readonly calls: readonly string[]
  /** The password of each request that it let in, in order. */
  readonly passwords: readonly string[]
  /** The next request of git whose address ends so is answered with 503. */
  failNext(ending: string): void
  close(): void
}

export interface HostedRepository {
  branches(): string[]
  readonly commits: {
    /** The newest one of a branch. */
    of(branch: string): string
    has(sha: string): boolean
  }
  /** What git says in the bare repository. */
  git(...args: string[]): string
}

/** `tokens`: each the password of any user name, in HTTP's Basic scheme. */
export function startGitHost(...tokens: readonly string[]): GitHost {
  const root = mkdtempSync(join(tmpdir(), 'git-host-'))
  const calls: string[] = []
  const passwords: string[] = []
  const failing: string[] = []

  return {
    calls,
    passwords,
    failNext: (ending) => void failing.push(ending),
    addRepository(name, files) {
      mkdirSync(join(root, dirname(name)), { recursive: true })
      makeRepository(root, `${name}.git`, files)
      const at = join(root, `${name}.git`)
      const git = (...args: string[]) => execFileSync('git', args, { cwd: at, encoding: 'utf8' }).trim()
      return {
        git,
        commits: {
          of: (branch) => git('rev-parse', `refs/heads/${branch}`),
          has: (sha) => git('rev-list', '--all').split('\n').includes(sha),
        },
        branches: () => git('for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n'),
      }
    },
    serve(request, response) {
      const path = request.url ?? ''
      if (!/^\/[^/]+\/[^/]+\.git\//.test(path)) return false
      response.once('finish', () => calls.push(`${request.method} ${path} ${response.statusCode}`))
      const said = password(request)
      const fault = failing.findIndex((ending) => path.endsWith(ending))
      if (fault >= 0) {
        failing.splice(fault, 1)
        response.writeHead(503).end()
      } else if (said !== undefined && tokens.includes(said)) {
        passwords.push(said)
        answerGit(root, request, response)
      } else response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end()
      return true
    },
    close: () => rmSync(root, { recursive: true }),
  }
}

/** Every file below the folder, path → text. */
export function filesBelow(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name)
        return [path.slice(folder.length + 1), readFileSync(path, 'utf8')]
      }),
  )
}

function password({ headers }: IncomingMessage): string | undefined {
  const [, basic = ''] = /^Basic (\S+)$/.exec(headers.authorization ?? '') ?? []
  return Buffer.from(basic, 'base64').toString().split(':')[1]
}
