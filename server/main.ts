// Where Node starts: it keeps what it compiles for the next start, which then takes half the time. It does nothing else.
import { enableCompileCache, flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Not in the shared temporary directory, where another user could lay code for this one. Bun has no such functions.
enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)))

const { runProgram } = await import('./program.ts')
await runProgram(process.argv.slice(2))
flushCompileCache?.()
