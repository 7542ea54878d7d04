// The program that makes attacks from inside: one file of Node, so that it runs in every sandbox. It never judges.

/** Where it finds the commands, and leaves what each of them said. */
export const COMMANDS = '/work/attacks/commands.json'
export const SAID = '/work/attacks/said.json'
export const RUNNER = '/work/attacks/run.mjs'

/** What waits for nobody is over long before; a machine that is busy with other things takes its time. */
const COMMAND_MS = 30_000
const SAID_MAX = 20_000

export const RUNNER_TEXT = `
import { spawn } from 'node:child_process'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

const { commands, atOnce } = JSON.parse(readFileSync('${COMMANDS}', 'utf8'))
const said = commands.map(() => '')
let next = 0

const run = (index) => new Promise((done) => {
  const child = spawn('bash', ['-c', commands[index]], { cwd: '/work', detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const late = setTimeout(() => { try { process.kill(-child.pid, 'SIGKILL') } catch {} }, ${COMMAND_MS})
  const hear = (bytes) => { if (said[index].length < ${SAID_MAX}) said[index] += bytes }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  child.once('error', (error) => { said[index] = String(error); done() })
  child.once('close', () => { clearTimeout(late); done() })
})

const worker = async () => { while (next < commands.length) await run(next++) }
await Promise.all(Array.from({ length: atOnce }, worker))
writeFileSync('${SAID}.new', JSON.stringify(said))
renameSync('${SAID}.new', '${SAID}')
`
