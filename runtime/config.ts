// What the environment tells a runtime, read once and then deleted, so that no child ever inherits it.
import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'

const Laptop = z.object({
  CHISPART_TOKEN: z.string().min(1).max(4096).optional(),
  CHISPART_ALLOWLIST: z.string().min(1).optional(),
  JWT_SECRET: z.string().min(1).optional(),
})

/** All that a laptop's runtime reads but for what it hands on. */
export const LAPTOP_VARIABLES = Object.keys(Laptop.shape)

export interface LaptopConfig {
  readonly token: string | undefined
  /** Path of the plans' command lists. */
  readonly allowlist: string
  readonly jwtSecret: string | undefined
  /** Absolute PATH of the person's own shell. */
  readonly inherited: Readonly<Record<string, string>>
}

/** Faults: invalid (which variable, and why). */
export function laptopConfig(): LaptopConfig {
  const env = read(Laptop)
  forget([...Object.keys(process.env).filter((name) => name.startsWith('CHISPART_')), 'JWT_SECRET'])
  const inherited = Object.fromEntries(
    ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG'].flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
  return {
    token: env.CHISPART_TOKEN,
    allowlist: env.CHISPART_ALLOWLIST ?? join(import.meta.dirname, '..', 'config', 'allowlist.json'),
    jwtSecret: env.JWT_SECRET,
    inherited,
  }
}

function read<S extends z.ZodType>(schema: S): z.output<S> {
  const result = schema.safeParse(process.env)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new Fault(
    'invalid',
    `The variable ${issue?.path.join('.') ?? ''} does not fit: ${issue?.message ?? ''}`,
  )
}

function forget(names: readonly string[]): void {
  for (const name of names) delete process.env[name]
}
