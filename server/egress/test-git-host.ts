// A host as the net has them: `git http-backend` and a few files behind TLS, on an address of this machine that is not
// loopback. Only tests use it.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { ownEnvironment } from '#server/config.ts'
import type { TestCertificate } from './test-certificate.ts'

export interface GitHost {
  readonly address: string
  readonly port: number
  close(): Promise<void>
}

/** Serves the bare repositories below `root`, for reading and pushing, and `files` by their paths. */
export async function startGitHost(
  root: string,
  { key, cert }: TestCertificate,
  files: Readonly<Record<string, string | Buffer>> = {},
): Promise<GitHost> {
  const address = ownAddress()
  const server = createServer({ key, cert }, (request, response) => {
    const file = files[request.url ?? '']
    if (file === undefined) return answerGit(root, request, response)
    response.setHeader('content-type', typeof file === 'string' ? 'text/html' : 'application/zip')
    response.end(file)
  })
  await once(server.listen(0, address), 'listening')
  return {
    address,
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** A bare repository with one commit of these files: path → text. */
export function makeRepository(root: string, name: string, files: Readonly<Record<string, string>>): void {
  const git = (cwd: string, input: string, ...args: string[]) =>
    execFileSync('git', args, { cwd, input, stdio: ['pipe', 'pipe', 'inherit'], env: ENV })
      .toString()
      .trim()
  git(root, '', 'init', '--quiet', '--bare', '--initial-branch=main', name)
  const at = join(root, name)
  git(at, '', 'config', 'http.receivepack', 'true')
  for (const [path, text] of Object.entries(files))
    git(
      at,
      '',
      'update-index',
      '--add',
      '--cacheinfo',
      `100644,${git(at, text, 'hash-object', '-w', '--stdin')},${path}`,
    )
  const tree = git(at, '', 'write-tree')
  git(at, '', 'update-ref', 'refs/heads/main', git(at, '', 'commit-tree', tree, '-m', 'first'))
}

const WHO = { NAME: 'Test', EMAIL: 'test@example.org' }
const ENV = {
  PATH: ownEnvironment()['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) =>
      Object.entries(WHO).map(([key, value]) => [`GIT_${who}_${key}`, value]),
    ),
  ),
}

/** Smart HTTP for the bare repositories below `root`: CGI/1.1 (RFC 3875), as far as git-http-backend(1) speaks it. */
export function answerGit(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'https://git.test')
  const backend = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...ENV,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
    },
  })
  request.pipe(backend.stdin)
  backend.stdin.on('error', () => undefined)
  const chunks: Buffer[] = []
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  backend.once('close', () => {
    const all = Buffer.concat(chunks)
    const end = all.indexOf('\r\n\r\n')
    for (const line of all.subarray(0, end).toString().split('\r\n')) {
      const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? []
      if (name === 'Status') response.statusCode = Number.parseInt(value, 10)
      else if (name !== '') response.setHeader(name, value)
    }
    response.end(all.subarray(end + 4))
  })
}

/** Of this machine, and not loopback. */
export function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const own = all.find(({ internal, family }) => !internal && family === 'IPv4')
  if (own === undefined) throw new Error('This machine has no address but loopback.')
  return own.address
}
