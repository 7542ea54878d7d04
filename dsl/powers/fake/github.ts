// A GitHub in memory, as tests of ops need it: it keeps what it was asked and answers the same.
import type { Github } from '#dsl/powers/github.ts'

export function fakeGithub(asked: unknown[] = []): Github {
  return {
    createPull(pull) {
      asked.push(pull)
      const made = { repo: 'o/n', number: 7, url: 'https://host/o/n/pull/7', result: 'created' } as const
      return Promise.resolve({ ...made, sha: '7'.repeat(40), own: true })
    },
    comment(comment) {
      asked.push(comment)
      return Promise.resolve({ id: 9, url: 'https://host/o/n/pull/7#9', result: 'created' })
    },
  }
}
