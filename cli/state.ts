// What the CLI keeps between two runs: laptop runtimes that run, servers that it is paired with. Files of the person
// alone (0600 in 0700), because each holds a token; a file of a dead process is removed, never used.
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const RuntimeFile = z.object({
  url: z.string(),
  token: z.string(),
  pid: z.int().min(1),
  root: z.string(),
  startedAt: z.number(),
})
/** A laptop runtime that runs: `chispart ws start` wrote it. `root` is its jail, absolute; `startedAt` in ms. */
export type LaptopRuntime = z.output<typeof RuntimeFile>

const ProfileFile = z.object({ url: z.string(), token: z.string(), device: z.string() })
/** A server that `chispart pair` made this machine a device of. */
export type Profile = z.output<typeof ProfileFile>

/** The runtimes that live; the dead are forgotten. */
export function livingRuntimes(stateDir: string): LaptopRuntime[] {
  const directory = join(stateDir, 'runtimes')
  return names(directory).flatMap((name) => {
    const file = join(directory, name)
    const runtime = read(file, RuntimeFile)
    if (runtime !== undefined && lives(runtime.pid)) return [runtime]
    rmSync(file, { force: true })
    return []
  })
}

/** Answers how to forget it again. */
export function rememberRuntime(stateDir: string, runtime: LaptopRuntime): () => void {
  const file = join(stateDir, 'runtimes', `${runtime.pid}.json`)
  write(file, runtime)
  return () => rmSync(file, { force: true })
}

/** The paired servers, the one paired last first. */
export function profiles(stateDir: string): Profile[] {
  return read(profilesFile(stateDir), z.array(ProfileFile)) ?? []
}

export function rememberProfile(stateDir: string, profile: Profile): void {
  const others = profiles(stateDir).filter(({ url }) => url !== profile.url)
  write(profilesFile(stateDir), [profile, ...others])
}

const profilesFile = (stateDir: string) => join(stateDir, 'profiles.json')

function names(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
}

/** Undefined when it is not there or not ours to understand. */
function read<S extends z.ZodType>(file: string, schema: S): z.output<S> | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

/** Written beside its place and renamed: a reader sees the old file or the new one. */
function write(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const fresh = `${file}.${process.pid}`
  writeFileSync(fresh, `${JSON.stringify(value)}\n`, { mode: 0o600 })
  renameSync(fresh, file)
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
