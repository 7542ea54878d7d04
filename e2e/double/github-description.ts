// GitHub's own description of the few operations that Chispart uses, cut to what it relies on; request bodies are closed,
// so that a field that GitHub does not know is refused. It holds no behaviour.
// Source: github/rest-api-description, api.github.com (OpenAPI 3), by the types of @octokit/openapi-types.

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const json = (schema: object) => ({ content: { 'application/json': { schema } } })
const path = (name: string, schema: object) => ({ name, in: 'path', required: true, schema })
const query = (name: string, schema: object) => ({ name, in: 'query', schema })
const REPOSITORY = [path('owner', { type: 'string' }), path('repo', { type: 'string' })]
const PAGES = [
  query('per_page', { type: 'integer', minimum: 1, maximum: 100 }),
  query('page', { type: 'integer', minimum: 1 }),
]
const REFUSED = { description: 'Refused', ...json(ref('validation-error')) }
const GONE = { description: 'Not found', ...json(ref('basic-error')) }

function operation(
  operationId: string,
  more: { parameters?: object[]; body?: string; status: number; answer: object },
) {
  const { parameters = [], body, status, answer } = more
  return {
    operationId,
    parameters,
    ...(body === undefined ? {} : { requestBody: { required: true, ...json(ref(body)) } }),
    responses: { [status]: { description: 'Done', ...json(answer) }, 404: GONE, 422: REFUSED },
  }
}

const closed = (properties: object, required: string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})
const TEXT = { type: 'string' }
const LINK = { type: 'string', format: 'uri' }
const USER = {
  type: 'object',
  required: ['login', 'id'],
  properties: { login: TEXT, id: { type: 'integer' } },
}
const BRANCH = {
  type: 'object',
  required: ['label', 'ref', 'sha', 'user', 'repo'],
  properties: { label: TEXT, ref: TEXT, sha: TEXT, user: USER, repo: { type: 'object' } },
}

export const GITHUB_DESCRIPTION = {
  openapi: '3.0.3',
  info: { title: 'GitHub v3 REST API', version: '1.1.4' },
  paths: {
    '/repos/{owner}/{repo}': {
      parameters: REPOSITORY,
      get: operation('repos/get', { status: 200, answer: ref('full-repository') }),
    },
    '/repos/{owner}/{repo}/pulls': {
      parameters: REPOSITORY,
      get: operation('pulls/list', {
        parameters: [
          query('state', { type: 'string', enum: ['open', 'closed', 'all'] }),
          query('head', TEXT),
          query('base', TEXT),
          ...PAGES,
        ],
        status: 200,
        answer: { type: 'array', items: ref('pull-request') },
      }),
      post: operation('pulls/create', { body: 'new-pull', status: 201, answer: ref('pull-request') }),
    },
    '/repos/{owner}/{repo}/pulls/{pull_number}': {
      parameters: [...REPOSITORY, path('pull_number', { type: 'integer' })],
      patch: operation('pulls/update', { body: 'changed-pull', status: 200, answer: ref('pull-request') }),
    },
    '/repos/{owner}/{repo}/statuses/{sha}': {
      parameters: [...REPOSITORY, path('sha', TEXT)],
      post: operation('repos/create-commit-status', {
        body: 'new-status',
        status: 201,
        answer: ref('status'),
      }),
    },
    '/repos/{owner}/{repo}/issues/{issue_number}/comments': {
      parameters: [...REPOSITORY, path('issue_number', { type: 'integer' })],
      get: operation('issues/list-comments', {
        parameters: PAGES,
        status: 200,
        answer: { type: 'array', items: ref('issue-comment') },
      }),
      post: operation('issues/create-comment', {
        body: 'new-comment',
        status: 201,
        answer: ref('issue-comment'),
      }),
    },
  },
  components: {
    schemas: {
      'new-pull': closed(
        {
          title: TEXT,
          head: TEXT,
          head_repo: TEXT,
          base: TEXT,
          body: { type: 'string', maxLength: 65_536 },
          maintainer_can_modify: { type: 'boolean' },
          draft: { type: 'boolean' },
          issue: { type: 'integer' },
        },
        ['head', 'base'],
      ),
      'changed-pull': closed({
        title: TEXT,
        body: { type: 'string', maxLength: 65_536 },
        state: { type: 'string', enum: ['open', 'closed'] },
        base: TEXT,
        maintainer_can_modify: { type: 'boolean' },
      }),
      'new-comment': closed({ body: { type: 'string', minLength: 1, maxLength: 65_536 } }, ['body']),
      'new-status': closed(
        {
          state: { type: 'string', enum: ['error', 'failure', 'pending', 'success'] },
          target_url: { type: 'string', nullable: true },
          description: { type: 'string', nullable: true },
          context: { type: 'string', default: 'default' },
        },
        ['state'],
      ),
      'full-repository': {
        type: 'object',
        required: ['id', 'name', 'full_name', 'default_branch', 'private', 'owner', 'html_url'],
        properties: {
          id: { type: 'integer' },
          name: TEXT,
          full_name: TEXT,
          default_branch: TEXT,
          private: { type: 'boolean' },
          owner: USER,
          html_url: LINK,
        },
      },
      'pull-request': {
        type: 'object',
        required: ['id', 'number', 'html_url', 'state', 'title', 'body', 'draft', 'head', 'base', 'user'],
        properties: {
          id: { type: 'integer' },
          number: { type: 'integer' },
          html_url: LINK,
          state: { type: 'string', enum: ['open', 'closed'] },
          title: TEXT,
          body: { type: 'string', nullable: true },
          draft: { type: 'boolean' },
          user: USER,
          head: BRANCH,
          base: BRANCH,
        },
      },
      'issue-comment': {
        type: 'object',
        required: ['id', 'html_url', 'issue_url', 'body', 'user', 'created_at'],
        properties: {
          id: { type: 'integer' },
          html_url: LINK,
          issue_url: LINK,
          body: TEXT,
          user: USER,
          created_at: { type: 'string', format: 'date-time' },
        },
      },
      status: {
        type: 'object',
        required: [
          ...['url', 'avatar_url', 'id', 'node_id', 'state', 'description', 'target_url', 'context'],
          ...['created_at', 'updated_at', 'creator'],
        ],
        properties: {
          url: TEXT,
          avatar_url: { type: 'string', nullable: true },
          id: { type: 'integer' },
          node_id: TEXT,
          state: TEXT,
          description: { type: 'string', nullable: true },
          target_url: { type: 'string', nullable: true },
          context: TEXT,
          created_at: TEXT,
          updated_at: TEXT,
          creator: { ...USER, nullable: true },
        },
      },
      'basic-error': {
        type: 'object',
        required: ['message'],
        properties: { message: TEXT, documentation_url: TEXT, status: TEXT },
      },
      'validation-error': {
        type: 'object',
        required: ['message', 'documentation_url'],
        properties: { message: TEXT, documentation_url: TEXT, errors: { type: 'array' } },
      },
    },
  },
}
