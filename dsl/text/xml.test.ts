import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeXml, readXml, unescapeXml } from './xml.ts'

describe('XML', () => {
  it('is read as tags, attributes and texts', () => {
    const text = `<?xml version="1.0"?><!-- <x> --><a b="1 > 0" c='&#x41;'>x &amp; y<![CDATA[<z>]]><d/></a>`
    const tokens = [...readXml(text)].map((token) =>
      token.type === 'open' ? { ...token, attributes: Object.fromEntries(token.attributes) } : token,
    )
    expect(tokens).toEqual([
      { type: 'open', name: 'a', attributes: { b: '1 > 0', c: 'A' }, empty: false },
      { type: 'text', text: 'x & y' },
      { type: 'text', text: '<z>' },
      { type: 'open', name: 'd', attributes: {}, empty: true },
      { type: 'close', name: 'a' },
    ])
  })

  it('expands no entity that a document declares', () => {
    expect([...readXml('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')]).toContainEqual({
      type: 'text',
      text: ']>',
    })
    expect(unescapeXml('&b; &constructor; &#xffffff;')).toBe('&b; &constructor; &#xffffff;')
  })

  it('gives any text back that XML can hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const [open] = [...readXml(`<a b="${escapeXml(text)}"/>`)]
        const value = open?.type === 'open' ? open.attributes.get('b') : undefined
        // eslint-disable-next-line no-control-regex -- what XML 1.0 cannot hold
        expect(value).toBe(text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd'))
      }),
    )
  })

  it('ends on any text, in time that grows with its length', () => {
    fc.assert(fc.property(fc.string(), (text) => void [...readXml(`<a>${text}`)]))
    const hostile = ['<'.repeat(1e6), `<a ${' '.repeat(1e6)}`, `<a ${'b="'.repeat(3e5)}`, '<!--'.repeat(3e5)]
    const before = performance.now()
    for (const text of hostile) expect([...readXml(text)].length).toBeLessThan(2)
    expect(performance.now() - before).toBeLessThan(2000)
  })
})
