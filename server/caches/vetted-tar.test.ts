import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { buffer, text } from 'node:stream/consumers'
import { extract, pack } from 'tar-stream'
import type { Header } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { vettedTar } from './vetted-tar.ts'
import type { Vetting } from './vetted-tar.ts'

const FOLDERS = ['.cache/uv', '.cache/more']
const STRICT: Vetting = { folders: FOLDERS, max: 1000, otherwise: 'refuse' }
const LENIENT: Vetting = { ...STRICT, otherwise: 'drop' }

type Said = Partial<Header> & { name: string; content?: string }
const file = (name: string, content = 'x', more: Partial<Header> = {}): Said => ({ name, content, ...more })
const link = (name: string, linkname: string): Said => ({ name, linkname, type: 'symlink' })

async function tarOf(entries: readonly Said[]): Promise<Buffer> {
  const tar = pack()
  for (const { content, ...header } of entries) tar.entry(header, content ?? '')
  tar.finalize()
  return buffer(Readable.from(tar))
}

async function vet(tar: Uint8Array, how: Vetting = STRICT, piece = tar.length): Promise<Buffer> {
  const pieces = Array.from({ length: Math.ceil(tar.length / piece) }, (_, n) =>
    tar.subarray(n * piece, (n + 1) * piece),
  )
  return buffer(vettedTar(Readable.from(pieces), how))
}

interface Found {
  readonly header: Header
  readonly text: string
}

async function contents(tar: Uint8Array): Promise<Found[]> {
  const entries = extract()
  entries.end(tar)
  const found: Found[] = []
  for await (const entry of entries) {
    found.push({ header: entry.header, text: await text(Readable.from(entry)) })
  }
  return found
}

const names = async (tar: Uint8Array) => (await contents(tar)).map(({ header }) => header.name)

describe('an archive of a cache', () => {
  it('comes through whole: files, directories, links inside, long names, empty files, in any pieces', async () => {
    const long = `.cache/uv/${'d'.repeat(90)}/${'f'.repeat(120)}`
    const tar = await tarOf([
      { name: '.cache/uv/', type: 'directory' },
      file('./.cache/uv/a', 'alpha'),
      file(long, 'far'),
      file('.cache/uv/empty', ''),
      link('.cache/uv/b/near', '../a'),
      link('.cache/uv/b/whole', '/work/.cache/uv/a'),
      link('.cache/uv/b/other', '../../more/x'),
    ])
    for (const piece of [tar.length, 512, 7]) {
      const found = await contents(await vet(tar, STRICT, piece))
      const told = found.map(({ header, text }) => [header.name, header.linkname || text])
      expect(told).toEqual([
        ['.cache/uv', ''],
        ['.cache/uv/a', 'alpha'],
        [long, 'far'],
        ['.cache/uv/empty', ''],
        ['.cache/uv/b/near', '../a'],
        ['.cache/uv/b/whole', '/work/.cache/uv/a'],
        ['.cache/uv/b/other', '../../more/x'],
      ])
    }
  })

  it('keeps who may run a file, and neither owner nor special bits', async () => {
    const who = { uid: 0, gid: 0, uname: 'root' }
    const tar = await tarOf([
      file('.cache/uv/tool', 'x', { mode: 0o6755, ...who }),
      file('.cache/uv/data', 'x', { mode: 0o666 }),
      { name: '.cache/uv/shared', type: 'directory', mode: 0o1777 },
    ])
    const found = await contents(await vet(tar))
    expect(found.map(({ header }) => header.mode)).toEqual([0o755, 0o644, 0o755])
    expect(found.map(({ header }) => header.uname)).toEqual(['', '', ''])
  })

  const ATTACKS: [string, Said[]][] = [
    ['a path that climbs', [file('.cache/uv/../../app/.git/hooks/pre-commit')]],
    ['a path that climbs from the start', [file('../etc/passwd')]],
    ['an absolute path', [file('/work/.cache/uv/x')]],
    ['a file beside the cache', [file('app/package.json')]],
    ['a name that only begins like the folder', [file('.cache/uv-not/x')]],
    ['the folder above as a link', [link('.cache', 'app')]],
    ['a link to the repository', [link('.cache/uv/x', '../../app')]],
    ['a link to an absolute path elsewhere', [link('.cache/uv/x', '/home/agent')]],
    ['a link to an absolute path that climbs', [link('.cache/uv/x', '/work/.cache/uv/../../app')]],
    ['a link whose way down climbs again', [link('.cache/uv/x', 'y/../../../app')]],
    ['a link to all of /work', [link('.cache/uv/x', '/work/')]],
    ['a link to its own root', [link('.cache/uv/x', '../..')]],
    ['a link that leads nowhere', [link('.cache/uv/x', '')]],
    ['a file below a link', [link('.cache/uv/x', 'y'), file('.cache/uv/x/z')]],
    ['a file far below a link', [link('.cache/uv/x', 'y'), file('.cache/uv/x/y/z')]],
    ['a file below a file', [file('.cache/uv/x'), file('.cache/uv/x/y')]],
    ['a file in the place of a link', [link('.cache/uv/x', 'y'), file('.cache/uv/x')]],
    ['a link in the place of a file', [file('.cache/uv/x'), link('.cache/uv/x', 'y')]],
    ['a link in the place of a directory', [file('.cache/uv/x/y'), link('.cache/uv/x', '../more')]],
    ['a hard link', [{ name: '.cache/uv/x', type: 'link', linkname: 'app/package.json' }]],
    ['a device', [{ name: '.cache/uv/x', type: 'block-device', devmajor: 8, devminor: 0 }]],
    ['a pipe', [{ name: '.cache/uv/x', type: 'fifo' }]],
    ['a name without end', [file(`.cache/uv/${'a/'.repeat(3000)}x`)]],
  ]

  it.each(ATTACKS)('is refused for %s', async (_, entries) => {
    const tar = await tarOf([file('.cache/uv/first'), ...entries])
    await expect(vet(tar)).rejects.toMatchObject({ code: 'denied' })
  })

  it.each(ATTACKS)('loses %s when it is made, and nothing else', async (_, entries) => {
    const tar = await tarOf([file('.cache/uv/first'), ...entries, file('.cache/uv/last')])
    const kept = await names(await vet(tar, LENIENT))
    expect(kept).toEqual(['.cache/uv/first', ...kept.slice(1, -1), '.cache/uv/last'])
    expect(kept.length - 2).toBe(entries.length - 1)
  })

  it('is refused above its limit of bytes', async () => {
    const fits = [file('.cache/uv/a', 'a'.repeat(600)), file('.cache/uv/b', 'b'.repeat(400))]
    expect(await names(await vet(await tarOf(fits)))).toHaveLength(2)
    const tar = await tarOf([...fits, file('.cache/uv/c')])
    for (const how of [STRICT, LENIENT])
      await expect(vet(tar, how)).rejects.toMatchObject({ code: 'too_large' })
  })

  it.each([
    ['half of one', (tar: Buffer) => tar.subarray(0, 700)],
    ['a damaged one', (tar: Buffer) => Buffer.concat([Buffer.alloc(512, 'z'), tar])],
  ])('is told from %s', async (_, damage) => {
    const tar = await tarOf([file('.cache/uv/a', 'a'.repeat(900))])
    await expect(vet(damage(tar))).rejects.toMatchObject({ code: 'invalid' })
  })

  it('lets go of its source when nobody reads on', async () => {
    const tar = await tarOf([file('.cache/uv/a', 'a'.repeat(400_000))])
    const source = new Readable({ read: () => undefined })
    source.push(tar.subarray(0, 300_000))
    const reading = vettedTar(source, { ...STRICT, max: 1_000_000 })
    for await (const piece of reading) if (piece) break
    reading.destroy()
    await finished(source).catch(() => undefined)
    expect(source.destroyed).toBe(true)
  })

  it('fails as its source does', async () => {
    const source = async function* () {
      yield await tarOf([file('.cache/uv/a')])
      throw new Error('gone')
    }
    const reading = buffer(vettedTar(Readable.from(source()), STRICT))
    await expect(reading).rejects.toMatchObject({ cause: { message: 'gone' } })
  })
})
