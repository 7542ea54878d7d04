// Git's smart protocol over HTTP, as far as the relay carries it: four requests, each compared whole, so that no other
// spelling of a path is ever one of them. Source: gitprotocol-http(5).

export interface GitService {
  readonly does: 'fetch' | 'push'
  readonly method: 'GET' | 'POST'
  /** Below the repository's address, query included. */
  readonly path: string
  /** Media type of what a git host answers. */
  readonly answers: string
}

const SERVICES: readonly GitService[] = [
  ...service('fetch', 'git-upload-pack'),
  ...service('push', 'git-receive-pack'),
]

/** `path`: as it was asked for, from the first "/" on. */
export function gitService(method: string, path: string, repository: string): GitService | undefined {
  return SERVICES.find((one) => one.method === method && path === `/${repository}.git/${one.path}`)
}

function service(does: GitService['does'], name: string): GitService[] {
  return [
    {
      does,
      method: 'GET',
      path: `info/refs?service=${name}`,
      answers: `application/x-${name}-advertisement`,
    },
    { does, method: 'POST', path: name, answers: `application/x-${name}-result` },
  ]
}
