// The profiles are compiled by the machine's own parser, or by one that is fetched and never installed. Whether they hold, a
// kernel with AppArmor says: see the Docker driver's tests.
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROFILE } from '#server/fleet/drivers/docker/seek.ts'
import { runTool, TOOL_PATH } from '#server/fleet/volume/run.ts'

const HERE = import.meta.dirname
const UNPACKED = resolve(HERE, '../../../.cache/apparmor')

interface Parser {
  readonly path: string
  /** Directory of abi, tunables and abstractions. */
  readonly base: string
  readonly major: number
}

const parser = await findParser()

async function findParser(): Promise<Parser | string> {
  const found = await parserIn(TOOL_PATH.split(':'), '/etc/apparmor.d')
  if (found !== undefined) return found
  const fetched = [join(UNPACKED, 'sbin'), join(UNPACKED, 'usr/sbin')]
  const again = () => parserIn(fetched, join(UNPACKED, 'etc/apparmor.d'))
  return (await again()) ?? (await fetchParser()) ?? (await again()) ?? 'its package holds no parser'
}

async function parserIn(directories: readonly string[], base: string): Promise<Parser | undefined> {
  for (const directory of directories) {
    const path = join(directory, 'apparmor_parser')
    const { ok, stdout } = await runTool(path, ['--version'])
    const major = Number(/version (\d+)/.exec(stdout)?.[1])
    if (ok && (await isThere(join(base, 'abi')))) return { path, base, major }
  }
  return undefined
}

/** Answers why it could not. */
async function fetchParser(): Promise<string | undefined> {
  await mkdir(UNPACKED, { recursive: true })
  const got = await runTool('apt-get', ['download', 'apparmor'], UNPACKED)
  if (!got.ok) return `apt-get cannot fetch it: ${got.stderr.trim().split('\n')[0]}`
  const name = (await readdir(UNPACKED)).find((one) => one.endsWith('.deb')) ?? ''
  const unpacked = await runTool('dpkg-deb', ['-x', name, '.'], UNPACKED)
  await rm(join(UNPACKED, name))
  return unpacked.ok ? undefined : unpacked.stderr.trim()
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

if (typeof parser === 'string')
  describe('The AppArmor profiles', () =>
    it.skip(`are not compiled here, because there is no apparmor_parser: ${parser}`, () => undefined))
else suite(parser)

function suite({ path, base, major }: Parser): void {
  let folder = ''
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'apparmor-'))))
  afterAll(() => rm(folder, { recursive: true }))

  /** Into nothing: without the kernel, its cache, or the machine's own settings. As if the kernel had what `abi` says. */
  const compile = (file: string, abi: string) => {
    const features = join(base, 'abi', abi)
    const apart = [
      '--skip-kernel-load',
      '--skip-cache',
      '--config-file=/dev/null',
      '--Werror',
      '-o',
      '/dev/null',
    ]
    const as = ['--base', base, '--policy-features', features, '--kernel-features', features]
    return runTool(path, [...apart, ...as, file])
  }

  describe('The AppArmor profiles', () => {
    it('that containers run under compiles, and has the name that the server asks for', async () => {
      const file = join(HERE, 'chispart')
      expect(await compile(file, '3.0')).toMatchObject({ ok: true })
      expect((await runTool(path, ['--names', '--base', base, file])).stdout.trim()).toBe(PROFILE)
    })

    const bwrap = 'that lets bubblewrap make user namespaces'
    it.skipIf(major < 4)(
      major < 4
        ? `${bwrap} is not compiled by AppArmor ${major}, which knows no userns`
        : `${bwrap} compiles`,
      async () => {
        expect(await compile(join(HERE, 'chispart-bwrap'), '4.0')).toMatchObject({ ok: true })
      },
    )

    it('are read by the parser: one with a mistake is refused', async () => {
      const text = await readFile(join(HERE, 'chispart'), 'utf8')
      const wrong = join(folder, 'wrong')
      await writeFile(wrong, text.replace('deny pivot_root,', 'deny pivot_rot,'))
      expect(await compile(wrong, '3.0')).toMatchObject({
        ok: false,
        stderr: expect.stringContaining('syntax error') as string,
      })
    })
  })
}
