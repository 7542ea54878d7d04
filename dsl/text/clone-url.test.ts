import { describe, expect, it } from 'vitest'
import { cloneDirectory, cloneUrl } from './clone-url.ts'

describe('the address of a clone', () => {
  it.each([
    'https://github.com/a/b.git',
    'git@github.com:a/b.git',
    'ssh://git@host/a',
    'file:///srv/a',
    '/srv/a',
    './a',
  ])('may be %s', (url) => {
    expect(cloneUrl().safeParse(url).success).toBe(true)
  })

  it.each([
    ['ext::sh -c id', 'a command'],
    ['ext::id', 'a command without a space'],
    ['fd::17', 'a file descriptor'],
    ['--upload-pack=id', 'an option'],
    ['https://u:p@host/a', 'a password'],
    ['https://ghp_token@host/a', 'a token'],
    ['ssh://u:p@host/a', 'a password over ssh'],
    ['https://host/a\n', 'a line end'],
  ])('is refused when it is %s: %s', (url) => {
    const result = cloneUrl().safeParse(url)
    expect(result.success).toBe(false)
    expect(JSON.stringify(result.error?.issues)).not.toContain('ghp_token')
  })
})

describe('the directory of a clone', () => {
  it.each([
    ['https://h/a/b.git', 'b'],
    ['git@h:b.git', 'b'],
    ['/srv/a/', 'a'],
  ])('of %s is %s', (url, dir) => {
    expect(cloneDirectory(url)).toBe(dir)
  })
})
