// A draft: kept while it differs from what is saved, and only then.
import { createRoot } from 'solid-js'
import { beforeEach, describe, expect, it } from 'vitest'
import { createDraft } from './draft.ts'

const kept = new Map<string, string>()
const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
} as unknown as Storage

const open = (saved: string) => createRoot(() => createDraft(storage, 'hello', saved))

beforeEach(() => kept.clear())

describe('a draft', () => {
  it('comes back when its file is opened again', () => {
    open('a').write('b')
    const again = open('a')
    expect([again.text(), again.isDirty()]).toEqual(['b', true])
  })

  it('is forgotten when it is discarded, saved, or typed back', () => {
    const draft = open('a')
    draft.write('b')
    draft.discard()
    expect([draft.text(), draft.isDirty(), kept.size]).toEqual(['a', false, 0])
    draft.write('b')
    draft.saved('b')
    expect([draft.text(), draft.isDirty(), kept.size]).toEqual(['b', false, 0])
    draft.write('c')
    draft.write('b')
    expect(kept.size).toBe(0)
  })

  it('keeps what was typed while an older text was being saved', () => {
    const draft = open('a')
    draft.write('bc')
    draft.saved('b')
    expect([draft.text(), draft.isDirty(), kept.size]).toEqual(['bc', true, 1])
  })

  it('goes on without storage', () => {
    const full = {
      ...storage,
      setItem() {
        throw new Error('QuotaExceededError')
      },
    } as unknown as Storage
    const draft = createRoot(() => createDraft(full, 'hello', 'a'))
    draft.write('b')
    expect(draft.text()).toBe('b')
  })
})
