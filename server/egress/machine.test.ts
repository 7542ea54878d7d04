import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { machineFiles, machineHosts } from './inside.ts'
import { plainAddress, readMachine } from './machine.ts'
import { makeCertificate } from './test-certificate.ts'

const SECRET = 'hunter2-hunter2'
const { cert, key } = makeCertificate('authority.test')
/** Of who vouches for hosts whose TLS the proxy ends. */
const AUTHORITY = 'the PEM of an authority'
let root = ''

async function put(path: string, text: string): Promise<string> {
  const file = join(root, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
  return file
}

/** A machine with one of everything; npm is the real one, pointed at these files. */
async function read(more: Record<string, string> = {}) {
  const env = {
    PATH: process.env['PATH'],
    HOME: join(root, 'home'),
    npm_config_globalconfig: join(root, 'etc/npmrc'),
  }
  return readMachine({ ...env, ...more }, root)
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'machine-'))
  await put(
    'home/.npmrc',
    `registry=https://me:${SECRET}@npm.corp/npm/?x=${SECRET}\n//npm.corp/npm/:_authToken=${SECRET}\n@own:registry=https://own.corp:8443/\n`,
  )
  await put('etc/npmrc', `@all:registry=http://all.corp:4873/\ncafile=${await put('npm-ca.pem', cert)}\n`)
  await put('etc/pip.conf', `[global]\nindex-url = https://first.corp/simple\n`)
  await put(
    'home/.config/pip/pip.conf',
    `[global]\nindex-url = https://me:${SECRET}@pip.corp/simple\nextra_index_url =\n    https://more.corp/simple\n    file:///srv/packages\n`,
  )
  await put(
    'etc/apt/sources.list',
    `# deb http://old.corp/debian x\ndeb [signed-by=/k arch=amd64] http://deb.corp/debian x main\n`,
  )
  await put(
    'etc/apt/sources.list.d/a.sources',
    `Types: deb\nURIs: https://one.corp/a http://two.corp/b\nSuites: x\n`,
  )
  await put('etc/ssl/certs/ca-certificates.crt', `comment\n${cert}${cert}`)
})
afterAll(() => rm(root, { recursive: true }))

describe('the settings of this machine', () => {
  it('are those of npm, of every scope and file', async () => {
    expect((await read()).npm).toEqual({
      registry: 'https://npm.corp/npm/',
      '@own:registry': 'https://own.corp:8443/',
      '@all:registry': 'http://all.corp:4873/',
    })
  })

  it('are those of pip: the nearer file, and the environment before both', async () => {
    expect((await read()).pip).toMatchObject({
      index: 'https://pip.corp/simple',
      extra: ['https://more.corp/simple'],
    })
    const env = { PIP_INDEX_URL: `https://me:${SECRET}@env.corp/`, PIP_EXTRA_INDEX_URL: '' }
    expect((await read(env)).pip).toMatchObject({ index: 'https://env.corp/', extra: [] })
  })

  it('are pip’s own where no index is set', async () => {
    const bare = join(root, 'no-index')
    const python = await put(
      'usual/python3',
      '#!/bin/sh\necho https://index.example/simple https://files.example\n',
    )
    await chmod(python, 0o755)
    const machine = await readMachine({ PATH: `${dirname(python)}:/usr/bin:/bin`, HOME: bare }, bare)
    expect(machineHosts(machine)['pypi']?.map(({ text }) => text)).toEqual(['index.example', 'files.example'])
  })

  it('are those of apt, in both of its forms', async () => {
    expect((await read()).apt).toEqual(['http://deb.corp/debian', 'https://one.corp/a', 'http://two.corp/b'])
  })

  it('hold every certificate once, and no key', async () => {
    const more = await put('more.pem', `${key}${makeCertificate('more.test').cert}`)
    const { certificates } = await read({ NODE_EXTRA_CA_CERTS: more })
    expect(certificates).toHaveLength(2)
    expect(certificates.join()).not.toContain('PRIVATE')
  })

  it('are empty where there is nothing, and where npm breaks', async () => {
    const bare = join(root, 'bare')
    const npm = await put('bin/npm', '#!/bin/sh\necho "{broken"\n')
    await chmod(npm, 0o755)
    expect(await readMachine({ PATH: dirname(npm), HOME: bare }, bare)).toEqual({
      npm: {},
      pip: { index: undefined, extra: [], usual: [] },
      apt: [],
      certificates: [],
    })
  })

  it('name hosts by group, and pass on no secret', async () => {
    const machine = await read()
    const hosts = Object.entries(machineHosts(machine)).map(([group, rules]) => [
      group,
      rules.map(({ text }) => text),
    ])
    expect(hosts).toEqual([
      ['npm', expect.arrayContaining(['npm.corp', 'own.corp:8443', 'all.corp:4873'])],
      ['pypi', ['pip.corp', 'more.corp']],
      ['debian', ['deb.corp', 'one.corp', 'two.corp']],
    ])
    const files = machineFiles(machine, AUTHORITY)
    expect(files['npmrc']).toContain('registry=https://npm.corp/npm/\n')
    expect(files['pip.conf']).toContain(
      'index-url = https://pip.corp/simple\nextra-index-url = https://more.corp/simple\n',
    )
    expect(files['chispart/ca.pem']).toBe(`${cert.trim()}\n${AUTHORITY}\n`)
    expect(JSON.stringify(files)).not.toContain(SECRET)
  })

  it('without certificates leave Node’s own authorities', async () => {
    const pip = { index: undefined, extra: [], usual: [] }
    const files = machineFiles({ npm: {}, pip, apt: [], certificates: [] }, AUTHORITY)
    expect(files['chispart/ca.pem']?.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(50)
  })
})

describe('plainAddress', () => {
  it.each([
    ['https://a:b@c.org:8/d?e=f#g', 'https://c.org:8/d'],
    [' http://c.org ', 'http://c.org/'],
    ['https://c.org/a%0Ab', 'https://c.org/a%0Ab'],
    ['https://c.org/a\nregistry=x', 'https://c.org/aregistry=x'],
  ])('takes %j as %s', (text, address) => {
    expect(plainAddress(text)).toBe(address)
  })

  it.each(['', 'c.org', 'file:///x', 'git+ssh://a', null, 7])('takes %j for none', (text) => {
    expect(plainAddress(text)).toBeUndefined()
  })
})
