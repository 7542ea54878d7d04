import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const SECRET = 'ghp_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT'
const PROGRAM = `
const { createLog } = await import('#server/log.ts')
const { createSecrets } = await import('#server/redact/secrets.ts')
const secrets = createSecrets([{ value: '${SECRET}', label: 'GITHUB_TOKEN' }])
const log = createLog('info', secrets)
log.info({ token: 'x', at: 'https://a:${SECRET}@host/', err: new Error('no ${SECRET}') }, 'it said ${SECRET}')
secrets.know({ value: 'learnt "later" than that', label: '0badcafe' })
log.child({ part: 'b' }).warn({ said: 'learnt "later" than that' }, 'once more')`

it('a line of the log holds no secret that is known, in no field of it, and stays a line of JSON', async () => {
  const args = ['--input-type=module', '-e', PROGRAM]
  const { stderr } = await promisify(execFile)(process.execPath, args)
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(stderr).not.toContain(SECRET.slice(8))
  expect(stderr).not.toContain('later')
  const mark = '***[GITHUB_TOKEN]***'.padEnd(SECRET.length, '*')
  expect(lines[0]).toMatchObject({
    token: '[redacted]',
    at: `https://a:${mark}@host/`,
    err: { message: `no ${mark}` },
    msg: `it said ${mark}`,
  })
  expect(lines[1]).toMatchObject({ part: 'b', said: '***[0badcafe]***'.padEnd(26, '*') })
})
