// Which Chispart this is, as package.json says. Nothing else says it to a client.
import { readFileSync } from 'node:fs'

const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
export const VERSION = (JSON.parse(text) as { version: string }).version
