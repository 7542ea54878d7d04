import { once } from 'node:events'
import { readdir, readlink, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { guardHeaders } from '#server/doors/headers.ts'
import { createTokens } from '#server/auth/tokens.ts'
import { createLinks } from './link.ts'
import { openTestArtifacts, place, stream } from './test-artifacts.ts'
import type { TestArtifacts } from './test-artifacts.ts'

const TEXT = 'The quick brown fox.'

let stage: TestArtifacts
let app: Hono
let id = ''
let link = ''
beforeAll(async () => {
  stage = await openTestArtifacts()
  app = new Hono().use(guardHeaders).route('/', stage.artifacts.routes())
})
afterAll(() => stage.close())

const add = (name: string, type = 'text/plain', text = TEXT) =>
  stage.keeper.add({ ...place('files'), name, kind: 'file', type }, stream(text))
const linkTo = async (artifact: string) => (await stage.mine.link(artifact)).url
const get = async (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  app.request(url, { headers, method })
/** The address with one part of its query changed. */
const altered = (changes: Record<string, string>) => {
  const url = new URL(link)
  for (const [name, value] of Object.entries(changes)) url.searchParams.set(name, value)
  return url.href
}
const code = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code

beforeEach(async () => {
  id = (await add('fox.txt')).id
  link = await linkTo(id)
  stage.events.length = 0
})

describe('a link to an artifact', () => {
  it('opens it without signing in, as a download that nothing runs', async () => {
    const response = await get(link)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(TEXT)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '20',
      'content-disposition': 'attachment; filename="fox.txt"; filename*=UTF-8\'\'fox.txt',
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    })
    expect(stage.events).toEqual([
      expect.objectContaining({ action: 'artifact.download', outcome: 'ok', target: id }),
    ])
  })

  it('says until when it is good, and is good until then', async () => {
    const { url, expiresAt } = await stage.mine.link(id)
    expect(Date.parse(expiresAt) - stage.now().getTime()).toBe(600_000)
    stage.pass(599_000)
    expect((await get(url)).status).toBe(200)
    stage.pass(1_000)
    const response = await get(url)
    expect(response.status).toBe(403)
    expect(await code(response)).toBe('forbidden')
    expect(stage.events.at(-1)).toMatchObject({ outcome: 'forbidden', target: id })
  })

  it('opens no other artifact', async () => {
    const other = await add('other.txt')
    expect((await get(link.replace(id, other.id))).status).toBe(403)
  })

  const later = () => String(Number(new URL(link).searchParams.get('expires')) + 600)
  it.each([
    ['a later end', () => altered({ expires: later() })],
    ['an end as a fraction', () => altered({ expires: `${later()}.0` })],
    ['an end with a sign', () => altered({ expires: `+${later()}` })],
    ['an end in another form', () => altered({ expires: '0x7fffffff' })],
    ['an endless end', () => altered({ expires: 'Infinity' })],
    ['no end', () => altered({ expires: '' })],
    ['no signature', () => altered({ signature: '' })],
    ['a signature of zeros', () => altered({ signature: 'A'.repeat(43) })],
    ['a longer signature', () => `${link}A`],
    ['a shorter signature', () => link.slice(0, -1)],
    ['a second end', () => `${link}&expires=${later()}`],
    ['a second signature', () => `${link}&signature=${'A'.repeat(43)}`],
    ['a path in its id', () => link.replace(id, `..%2f..%2fetc%2fpasswd`)],
    ['a longer id', () => link.replace(id, `${id}%00`)],
    ['a line break in its id', () => link.replace(id, `${id}%0aset-cookie:%20a=b`)],
    ['the id in capitals', () => link.replace(id, id.toUpperCase())],
    ['no query at all', () => link.split('?')[0] ?? ''],
  ])('with %s opens nothing', async (_what, url) => {
    const response = await get(url())
    expect(response.status).toBe(403)
    expect(await code(response)).toBe('forbidden')
    expect(response.headers.get('set-cookie')).toBeNull()
  })

  it.each(['/artifacts/../etc/passwd', '/artifacts//', '/artifacts/a/b'])(
    'does not lead to the path %s',
    async (path) => {
      expect((await get(`http://localhost${path}?${new URL(link).searchParams.toString()}`)).status).toBe(404)
    },
  )

  it('signed by another server is refused', async () => {
    const { path } = createLinks(Buffer.from('the secret of somebody else')).make(id, stage.now())
    expect((await get(`http://localhost${path}`)).status).toBe(403)
  })

  it('is no credential: its signature signs nobody in, and a token of the same secret opens no artifact', async () => {
    const tokens = createTokens(stage.store, stage.key)
    const signature = new URL(link).searchParams.get('signature') ?? ''
    await expect(tokens.check(signature)).rejects.toMatchObject({ code: 'unauthenticated' })
    const { token } = await tokens.issue('ana', 60)
    expect((await get(altered({ signature: token }))).status).toBe(403)
    expect((await get(altered({ signature: token.split('.')[2] ?? '' }))).status).toBe(403)
  })

  it('to an artifact that has expired or was replaced is not found', async () => {
    await add('fox.txt', 'text/plain', 'another fox')
    expect((await get(link)).status).toBe(404)
    const short = await stage.keeper.add(
      { ...place(), name: 'short', kind: 'file', type: 'text/plain', retentionDays: 1 },
      stream('x'),
    )
    stage.pass(86_400_000 - 1000)
    const url = await linkTo(short.id)
    stage.pass(1000)
    expect((await get(url)).status).toBe(404)
  })
})

it('refused again and again does not fill the audit trail', async () => {
  for (let n = 0; n < 150; n++) await get(altered({ signature: 'A'.repeat(43) }))
  expect(stage.events.length).toBeGreaterThan(0)
  expect(stage.events.length).toBeLessThan(120)
})

describe('over a real connection, a download', () => {
  const server = createAdaptorServer({ fetch: (request: Request) => app.fetch(request) })
  let large = ''
  const content = Buffer.alloc(7_000_000, 'abcdefghijklmnopqrstuvwxyz')
  const here = (url: string) => {
    const { port } = server.address() as AddressInfo
    const { pathname, search } = new URL(url)
    return `http://127.0.0.1:${port}${pathname}${search}`
  }
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { id: artifact } = await add('large', 'text/plain', content.toString())
    large = here(await linkTo(artifact))
  })
  beforeEach(async () => {
    const artifacts = await stage.mine.list('r1')
    large = here(await linkTo(artifacts.find(({ name }) => name === 'large')?.id ?? ''))
  })
  afterAll(() => void server.close())

  const openFiles = async () => {
    const links = (await readdir('/proc/self/fd')).map((fd) =>
      readlink(`/proc/self/fd/${fd}`).catch(() => ''),
    )
    return (await Promise.all(links)).filter((path) => path.startsWith(stage.dir)).length
  }

  it('comes whole, and in two parts that fit', async () => {
    expect(Buffer.from(await (await fetch(large)).arrayBuffer()).equals(content)).toBe(true)
    const first = await fetch(large, { headers: { range: 'bytes=0-2999999' } })
    const rest = { range: 'bytes=3000000-', 'if-range': first.headers.get('etag') ?? '' }
    const second = await fetch(large, { headers: rest })
    const both = [await first.arrayBuffer(), await second.arrayBuffer()].map((part) => Buffer.from(part))
    expect(Buffer.concat(both).equals(content)).toBe(true)
  })

  it('that the reader breaks off leaves no file open', async () => {
    await expect.poll(openFiles).toBe(0)
    const stops = Array.from({ length: 20 }, () => new AbortController())
    const responses = await Promise.all(stops.map(({ signal }) => fetch(large, { signal })))
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(await openFiles()).toBeGreaterThan(0)
    for (const stop of stops) stop.abort()
    await expect.poll(openFiles).toBe(0)
    await fetch(large, { method: 'HEAD' })
    expect(await openFiles()).toBe(0)
  })

  it('of damaged bytes is broken off, so that no client takes it for whole', async () => {
    const { sha256 } = (await stage.mine.list('r1')).find(({ name }) => name === 'large') ?? { sha256: '' }
    const other = Buffer.from(content)
    other.writeUInt8(0, 5_000_000)
    await writeFile(join(stage.dir, sha256.slice(0, 2), sha256), other)
    const response = await fetch(large)
    expect(response.status).toBe(200)
    await expect(response.arrayBuffer()).rejects.toThrow()
    await expect.poll(openFiles).toBe(0)
  })
})

describe('a download', () => {
  it.each([
    ['bytes=0-2', 'The', 'bytes 0-2/20'],
    ['bytes=4-8', 'quick', 'bytes 4-8/20'],
    ['bytes=16-', 'fox.', 'bytes 16-19/20'],
    ['bytes=-4', 'fox.', 'bytes 16-19/20'],
    ['bytes=16-999', 'fox.', 'bytes 16-19/20'],
    ['bytes=-999', TEXT, 'bytes 0-19/20'],
  ])('of the range %s is a part', async (range, text, contentRange) => {
    const response = await get(link, { range })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(contentRange)
    expect(response.headers.get('content-length')).toBe(String(text.length))
    expect(await response.text()).toBe(text)
  })

  it.each(['bytes=20-', 'bytes=99-100', 'bytes=-0'])(
    'of the range %s, which is behind the end, is refused',
    async (range) => {
      const response = await get(link, { range })
      expect(response.status).toBe(416)
      expect(response.headers.get('content-range')).toBe('bytes */20')
    },
  )

  it.each(['bytes=5-2', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=', 'bytes=-', 'bytes=a-b', 'bytes=1e1-'])(
    'of what is no single range, %s, is the whole',
    async (range) => {
      const response = await get(link, { range })
      expect(response.status).toBe(200)
      expect(await response.text()).toBe(TEXT)
    },
  )

  it('goes on only when the artifact is still the same', async () => {
    const etag = (await get(link)).headers.get('etag') ?? ''
    expect((await get(link, { range: 'bytes=4-', 'if-range': etag })).status).toBe(206)
    expect((await get(link, { range: 'bytes=4-', 'if-range': '"other"' })).status).toBe(200)
    expect((await get(link, { 'if-none-match': etag })).status).toBe(304)
  })

  it('of nothing is empty', async () => {
    const empty = await linkTo((await add('empty', 'text/plain', '')).id)
    const response = await get(empty)
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect((await get(empty, { range: 'bytes=0-' })).status).toBe(416)
  })

  it('by HEAD says all but the bytes', async () => {
    const response = await get(link, {}, 'HEAD')
    expect(response.headers.get('content-length')).toBe('20')
    expect(await response.text()).toBe('')
  })

  it.each(['POST', 'PUT', 'DELETE'])('by %s is none', async (method) => {
    expect((await get(link, {}, method)).status).toBe(404)
  })

  it.each(['text/html', 'image/svg+xml', 'text/javascript', 'application/xhtml+xml', 'application/xml', 'x'])(
    'of the type %s is bytes to a browser',
    async (type) => {
      const response = await get(await linkTo((await add(`typed ${type}`, type)).id))
      expect(response.headers.get('content-type')).toBe('application/octet-stream')
    },
  )

  it.each([
    ['a"; filename="evil.exe', 'a__ filename=_evil.exe'],
    ['dist/../../.bashrc', '_bashrc'],
    ['C:\\Windows\\calc.exe', 'calc.exe'],
    ['tab\u202egnp.exe', 'tab_gnp.exe'],
    ['50%41.txt', '50_41.txt'],
    ['/', 'artifact'],
  ])('of an artifact called %j is saved as %j', async (name, saved) => {
    const response = await get(await linkTo((await add(name)).id))
    const disposition = response.headers.get('content-disposition') ?? ''
    expect(disposition).toContain(`filename="${saved}"`)
    expect(disposition.split(';')).toHaveLength(3)
  })

  it('keeps letters of every script in its name', async () => {
    const response = await get(await linkTo((await add('informe año 1.txt')).id))
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="informe a_o 1.txt"; filename*=UTF-8\'\'informe%20a%C3%B1o%201.txt',
    )
  })

  it('of damaged bytes says so, or breaks off before the last of them', async () => {
    const { id: hurt, sha256 } = await add('hurt', 'text/plain', 'y'.repeat(200_000))
    const file = join(stage.dir, sha256.slice(0, 2), sha256)
    await writeFile(file, 'n'.repeat(200_000))
    const response = await get(await linkTo(hurt))
    await expect(response.text()).rejects.toThrow('damaged')
    await writeFile(file, 'short')
    const refused = await get(await linkTo(hurt))
    expect(refused.status).toBe(500)
    expect(((await refused.json()) as { error: { message: string } }).error.message).toContain('damaged')
  })
})
