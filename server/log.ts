// The log: JSON lines on stderr. It never writes a field that can hold a secret, nor a secret that is known in any other one.
import { destination, pino } from 'pino'
import type { Logger } from 'pino'
import type { Secrets } from './redact/secrets.ts'

export type Log = Logger

const SECRET_FIELDS = ['authorization', 'cookie', 'token', 'code', 'password', 'secret', 'url']

export function createLog(level: string, secrets: Pick<Secrets, 'redactor'>): Log {
  const paths = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`])
  const out = destination({ fd: 2, sync: true })
  const write = (line: string) => void out.write(secrets.redactor().text(line))
  return pino({ level, base: null, redact: { paths, censor: '[redacted]' } }, { write })
}
