import { describe, expect, it } from 'vitest'
import { hostName, isAddress, namesHost, parseAuthority, parseRule } from './host.ts'

describe('hostName', () => {
  it.each([
    ['Example.ORG.', 'example.org'],
    ['a-b_c.d1', 'a-b_c.d1'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['nexus', 'nexus'],
  ])('reads %s as %s', (text, name) => {
    expect(hostName(text)).toBe(name)
  })

  // The last is a Kelvin sign: its lower case is an ASCII k.
  it.each([
    '',
    '.',
    'a..b',
    '.a',
    'a b',
    'a\0.b',
    'a\n',
    '-a.b',
    'a-.b',
    'bücher.de',
    '1.2.3.4',
    '0x7f',
    'a.1',
    '\u212A.de',
  ])('reads %j as no name', (text) => {
    expect(hostName(text)).toBeUndefined()
  })

  it('has a length', () => {
    expect(hostName(`${'a'.repeat(63)}.org`)).toBeDefined()
    expect(hostName(`${'a'.repeat(64)}.org`)).toBeUndefined()
    expect(hostName(`${'a.'.repeat(125)}org`)).toHaveLength(253)
    expect(hostName(`${'a.'.repeat(126)}org`)).toBeUndefined()
  })
})

describe('isAddress', () => {
  it.each([
    '1.2.3.4',
    '127.1',
    '2130706433',
    '0x7f000001',
    '017700000001',
    '0x7f.0.0.1',
    '1.2.3.4.',
    '[::1]',
    '::1',
    '0x',
  ])('sees through %s', (text) => {
    expect(isAddress(text)).toBe(true)
  })

  it.each(['example.org', '1.example', '4chan.org', '0xdeadbeef.org', 'cafe'])(
    'leaves the name %s alone',
    (text) => {
      expect(isAddress(text)).toBe(false)
    },
  )
})

describe('parseAuthority', () => {
  it('splits host and port, and takes the usual port', () => {
    expect(parseAuthority('a.b:8443')).toEqual({ host: 'a.b', port: 8443 })
    expect(parseAuthority('[::1]:443')).toEqual({ host: '[::1]', port: 443 })
    expect(parseAuthority('a.b', 80)).toEqual({ host: 'a.b', port: 80 })
  })

  it.each([
    'a.b',
    'a.b:',
    ':443',
    'a:0',
    'a:65536',
    'a:044',
    'a:+1',
    'u@a:443',
    'a:443/',
    '::1:443',
    'a:1:2',
    '[a@b]:1',
  ])('refuses %s', (text) => {
    expect(parseAuthority(text)).toBeUndefined()
  })
})

describe('parseRule', () => {
  it.each([
    ['example.org', { name: 'example.org', subdomains: false, port: undefined }],
    ['*.Example.org', { name: 'example.org', subdomains: true, port: undefined }],
    ['example.org:8443', { name: 'example.org', subdomains: false, port: 8443 }],
    ['bücher.example', { name: 'xn--bcher-kva.example', subdomains: false, port: undefined }],
  ])('reads %s', (text, rule) => {
    expect(parseRule(text)).toEqual({ text, ...rule })
  })

  it.each([
    '',
    '*',
    '*.',
    '*.*.org',
    'a.*',
    'http://a.b',
    'a.b/c',
    'a.b:0',
    'a.b:x',
    '10.0.0.1',
    '[::1]',
    '*.1.2.3.4',
    'a b',
  ])('refuses %j', (text) => {
    expect(parseRule(text)).toBeUndefined()
  })

  it('matches whole labels only', () => {
    const below = parseRule('*.b.org')
    const exact = parseRule('b.org')
    if (below === undefined || exact === undefined) throw new Error('no rules')
    const hosts = ['b.org', 'a.b.org', 'x.a.b.org', 'ab.org', 'b.org.evil', 'a.b.org.evil']
    expect(hosts.filter((host) => namesHost(below, host))).toEqual(['a.b.org', 'x.a.b.org'])
    expect(hosts.filter((host) => namesHost(exact, host))).toEqual(['b.org'])
  })
})
