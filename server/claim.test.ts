import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { claimData } from './claim.ts'

let folder = ''
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'claim-'))))
afterAll(() => rm(folder, { recursive: true }))

it('gives a data directory to one server, and to the next once it is given up', async () => {
  const giveUp = await claimData(folder)
  await expect(claimData(folder)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`process ${process.pid}`) as string,
  })
  await giveUp()
  await (
    await claimData(folder)
  )()
  expect(await readdir(folder)).toEqual([])
})

it('takes the claim of a server that was killed', async () => {
  const program = `import { claimData } from '#server/claim.ts'
    await claimData(${JSON.stringify(folder)})
    process.stdout.write('claimed')
    setInterval(() => {}, 1e6)`
  const other = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(other.stdout, 'data')
  await expect(claimData(folder)).rejects.toMatchObject({ code: 'conflict' })
  other.kill('SIGKILL')
  await once(other, 'exit')
  await (
    await claimData(folder)
  )()
})
