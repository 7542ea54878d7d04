import { createTwoFilesPatch } from 'diff'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeFiles } from '#dsl/powers/fake/files.ts'

const TEXT = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n'
const PATCH = `diff --git a/a b/a
--- a/a
+++ b/a
@@ -1,3 +1,3 @@
 one
-two
+TWO
 three
@@ -9,2 +9,3 @@
 nine
 ten
+eleven
`
const read = async (files: ReturnType<typeof fakeFiles>, path: string) => (await files.read(path)).content

describe('file.patch', () => {
  it('changes the parts, and says how many', async () => {
    const files = fakeFiles({ a: TEXT })
    expect(await call('file.patch', { files }, { path: 'a', patch: PATCH })).toMatchObject({ hunks: 2 })
    expect(await read(files, 'a')).toBe(TEXT.replace('two', 'TWO') + 'eleven\n')
  })

  it('finds a part that has moved, and makes a file of nothing', async () => {
    const files = fakeFiles({ a: `zero\n${TEXT}`, empty: '' })
    await call('file.patch', { files }, { path: 'a', patch: PATCH })
    expect(await read(files, 'a')).toBe(`zero\n${TEXT.replace('two', 'TWO')}eleven\n`)
    await call('file.patch', { files }, { path: 'empty', patch: '@@ -0,0 +1 @@\n+first\n' })
    expect(await read(files, 'empty')).toBe('first\n')
  })

  it('turns any text into any other by their diff', async () => {
    const text = fc
      .array(fc.stringMatching(/^[ -~ñ日]{0,12}$/), { maxLength: 30 })
      .map((lines) => lines.map((line) => `${line}\n`).join(''))
    await fc.assert(
      fc.asyncProperty(text, text, async (before, after) => {
        fc.pre(before !== after)
        const files = fakeFiles({ a: before })
        await call(
          'file.patch',
          { files },
          { path: 'a', patch: createTwoFilesPatch('a', 'a', before, after) },
        )
        expect(await read(files, 'a')).toBe(after)
      }),
    )
  })

  it.each([
    ['conflict', 'Part 2 of the patch, at line 9', PATCH.replace(' ten', ' TEN')],
    ['malformed', 'of 2 files', `${PATCH}--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+y\n`],
    ['malformed', 'changes nothing', 'make it better'],
    ['malformed', 'no unified diff', '@@ -1,3 +1,3 @@\n one\n'],
  ])('refuses with %s, says where (%s), and changes nothing', async (code, text, patch) => {
    const files = fakeFiles({ a: TEXT })
    const refused = call('file.patch', { files }, { path: 'a', patch })
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(text) as string })
    expect(await read(files, 'a')).toBe(TEXT)
  })
})
