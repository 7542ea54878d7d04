import { describe, expect, it } from 'vitest'
import { addressOf, isInside, placeOf } from './address.ts'

describe('an address', () => {
  it.each([
    ['https://NPM.acme.test', { host: 'npm.acme.test:443', path: '/' }, 'https://npm.acme.test/'],
    ['https://a.test:8443/team', { host: 'a.test:8443', path: '/team/' }, 'https://a.test:8443/team/'],
    ['https://a.test/x/../team/', { host: 'a.test:443', path: '/team/' }, 'https://a.test/team/'],
  ])('%s is a place', (text, place, shown) => {
    expect(placeOf(text)).toEqual(place)
    expect(addressOf(place)).toBe(shown)
  })

  it.each([
    'http://a.test/',
    'https://user:word@a.test/',
    'https://a.test/?token=x',
    'https://a.test/#x',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://2130706433/',
    'https://a.test/%2e%2e%2fadmin/',
    'https://a.test/a;b/',
    'https://a.test//x/',
    'nonsense',
  ])('%s is none', (text) => {
    expect(() => placeOf(text)).toThrow(expect.objectContaining({ code: 'invalid' }))
  })
})

it.each([
  ['/team/x', true],
  ['/team/', true],
  ['/team', true],
  ['/teams/x', false],
  ['/', false],
])('%s is inside of /team/: %s', (path, inside) => {
  expect(isInside(path, '/team/')).toBe(inside)
})
