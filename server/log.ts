// The log: JSON lines on stderr. It never writes a field that can hold a secret.
import { destination, pino } from 'pino'
import type { Logger } from 'pino'

export type Log = Logger

const SECRET_FIELDS = ['authorization', 'cookie', 'token', 'code', 'password', 'secret', 'url']

export function createLog(level: string): Log {
  const paths = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`])
  return pino(
    { level, base: null, redact: { paths, censor: '[redacted]' } },
    destination({ fd: 2, sync: true }),
  )
}
