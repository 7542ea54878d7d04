// Writes the documents that the catalog decides; with --check it only compares and fails when one is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { commandsDocument } from '#infra/docs/commands.ts'
import { restDocument } from '#infra/docs/rest.ts'
import { rpcDocument } from '#infra/docs/rpc.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const template = (name: string) => readFileSync(`${ROOT}infra/docs/${name}`, 'utf8')

const DOCUMENTS = {
  'API-RPC.md': rpcDocument(template('api-rpc.md')),
  'API.md': restDocument(template('api.md')),
  'COMMANDS.md': commandsDocument(template('commands.md')),
} as const

const stale = Object.entries(DOCUMENTS).filter(([name, text]) => {
  const file = ROOT + name
  return !existsSync(file) || readFileSync(file, 'utf8') !== text
})

if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`${name} is stale. Run: npm run docs`)
  process.exitCode = stale.length > 0 ? 1 : 0
} else {
  for (const [name, text] of stale) writeFileSync(ROOT + name, text)
}
