import { describe, expect, it } from 'vitest'
import { commandOf, detect, parseManifest } from './framework.ts'

const project = (test: string | undefined, names: string[] = [], dev: object = {}) => ({
  manifest: parseManifest(
    JSON.stringify({ scripts: test === undefined ? {} : { test }, devDependencies: dev }),
  ),
  names,
})

describe('the framework of a project', () => {
  it.each([
    ['jest', 'jest --ci'],
    ['vitest', 'cross-env X=1 ./node_modules/.bin/vitest run'],
    ['node:test', 'node --experimental-strip-types --test'],
    ['npm', 'mocha'],
    ['npm', 'node jest-like.js'],
  ])('is %s when its test script is "%s"', (framework, script) => {
    expect(detect(project(script))).toBe(framework)
  })

  it.each([
    ['the dependencies, without a script', project(undefined, [], { jest: '30' }), 'jest'],
    ['the files of pytest', project(undefined, ['test_a.py']), 'pytest'],
    [
      "its files, when npm's own script tests nothing",
      project('echo "Error: no test specified" && exit 1', ['conftest.py']),
      'pytest',
    ],
    ['nothing', project(undefined, ['README.md']), undefined],
  ])('is told by %s', (_, given, framework) => {
    expect(detect(given)).toBe(framework)
  })

  it('is not led astray by a package.json that is none', () => {
    for (const text of ['', '[]', '{"scripts":7}', 'null']) expect(parseManifest(text)).toBeUndefined()
  })
})

describe('the command of a framework', () => {
  it('is the script of the project where it names the tool', () => {
    expect(commandOf('jest', project('jest'), '/r').argv.slice(0, 4)).toEqual(['npm', 'test', '--', '--json'])
    expect(commandOf('vitest', project(undefined), '/r').argv.slice(0, 2)).toEqual(['npm', 'exec'])
  })

  it('gives node no option behind the name of a file, where node would take it for a file', () => {
    expect(commandOf('node:test', project('node --test a.test.js'), '/r')).toEqual({ argv: ['npm', 'test'] })
    expect(commandOf('node:test', project('node --test'), '/r').report).toEqual({
      path: '/r/tests.xml',
      format: 'junit',
    })
  })
})
