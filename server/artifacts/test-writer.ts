// A process that writes one endless log and many artifacts, and says what is durable, until somebody kills it. Only tests
// start it: `node test-writer.ts DATABASE DIR`.
import { Readable } from 'node:stream'
import { pino } from 'pino'
import { createSecrets } from '#server/redact/secrets.ts'
import { openStore } from '#server/store/store.ts'
import { createArtifacts } from './artifacts.ts'
import { openBlobs } from './open-blobs.ts'
import { artifactText, logBytes } from './test-writer-text.ts'

const PIECE = 3_001

const [url = '', dir = ''] = process.argv.slice(2)
const { keeper } = createArtifacts({
  ...openBlobs(dir, undefined),
  store: await openStore({ url }),
  redactor: createSecrets().redactor,
  key: Buffer.from('a secret of the server, for tests only'),
  ownerOf: () => Promise.resolve(undefined),
  audit: { record: () => undefined, close: () => Promise.resolve() },
  log: pino({ level: 'silent' }),
})
const place = { run: 'r1', instance: 'build', attempt: 1 }

async function writeLog(): Promise<never> {
  const log = await keeper.log(place)
  for (;;) {
    // Half of it is there already, as after a crash between the write and the answer.
    const at = Math.max(0, log.length - PIECE)
    await log.append(at, logBytes(at, 2 * PIECE))
    process.stdout.write(`log ${log.length}\n`)
  }
}

async function addArtifacts(): Promise<never> {
  for (let n = 0; ; n = (n + 1) % 40) {
    const name = `file ${n}`
    await keeper.add({ ...place, name, kind: 'file', type: 'text/plain' }, Readable.from([artifactText(n)]))
    process.stdout.write(`file ${n}\n`)
  }
}

await Promise.all([writeLog(), addArtifacts()])
