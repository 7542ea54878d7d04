// How GitHub's API is asked, with the server's token. It decides nothing, and prints nothing.
import { Octokit } from '@octokit/core'
import { restEndpointMethods } from '@octokit/plugin-rest-endpoint-methods'

export interface GithubConfig {
  readonly apiUrl: string
  readonly token: string | undefined
}

const Client = Octokit.plugin(restEndpointMethods)
export type GithubClient = InstanceType<typeof Client>

export function githubClient(apiUrl: string, token: string): GithubClient {
  return new Client({ auth: token, baseUrl: apiUrl, userAgent: 'chispart', log: SILENT })
}

const nothing = () => undefined
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing }
