// The contract's own tiny runtime, and the side of it that the tests hold: it dials, says hello, and runs commands.
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import type { SandboxExits } from './driver.ts'

/** What starts it is the product's own. */
const OPEN = join(import.meta.dirname, '../../runtime/open.sh')
/** Runs inside as main.js, so it is text: plain Node, one JSON object a line. */
const FIXTURE = `
import { spawn } from 'node:child_process'
import { closeSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

const { token } = JSON.parse(readFileSync(3, 'utf8'))
closeSync(3)
const [control] = process.argv.slice(2)
const env = { ...process.env, HOME: '/home/agent' }
const born = Date.now()
dial()

function dial() {
  const link = connect(control + '/host.sock')
  link.on('error', () => {})
  link.once('close', () => setTimeout(dial, 50))
  link.once('connect', () => {
    link.write(JSON.stringify({ hello: { token, pid: process.pid, born } }) + '\\n')
    createInterface({ input: link }).on('line', (line) => answer(link, JSON.parse(line)))
  })
}

function answer(link, { id, run, leave }) {
  if (leave) process.exit(0)
  const child = spawn('/bin/bash', ['-c', run], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (bytes) => (out += bytes))
  child.stderr.on('data', (bytes) => (err += bytes))
  child.once('error', (error) => link.write(JSON.stringify({ id, code: 126, out, err: error.message }) + '\\n'))
  child.once('exit', (code) => setImmediate(() => link.write(JSON.stringify({ id, code: code ?? 137, out, err }) + '\\n')))
}
`

export interface Inside {
  readonly token: string
  /** Inside the sandbox. */
  readonly pid: number
  readonly born: number
  run(command: string): Promise<{ code: number; out: string; err: string }>
  /** Lets the runtime end by itself. */
  leave(): void
}

export interface MeetingPoint {
  readonly exits: SandboxExits
  /** The next runtime of that sandbox to say hello. */
  next(id: string): Promise<Inside>
  listen(): { hit(): void; hits(): number }
}

interface Line {
  hello?: { token: string; pid: number; born: number }
  id?: number
  code: number
  out: string
  err: string
}

export async function writeFixture(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  await copyFile(OPEN, join(directory, 'open.sh'))
  await writeFile(join(directory, 'main.js'), FIXTURE)
  await writeFile(join(directory, 'package.json'), '{"type":"module"}')
}

export function meetingPoint(): MeetingPoint {
  const waiting = new Map<string, (inside: Inside) => void>()
  const link = (id: string, stream: Duplex): void => {
    speak(stream, (inside) => {
      waiting.get(id)?.(inside)
      waiting.delete(id)
    })
  }
  return {
    exits: { link, egress: (_, stream) => void stream.destroy() },
    next: (id) => new Promise((done) => waiting.set(id, done)),
    listen() {
      let count = 0
      return { hit: () => void count++, hits: () => count }
    },
  }
}

function speak(stream: Duplex, arrived: (inside: Inside) => void): void {
  const answers = new Map<number, (line: Line) => void>()
  let last = 0
  const run: Inside['run'] = (command) =>
    new Promise((done) => {
      answers.set(++last, done)
      stream.write(`${JSON.stringify({ id: last, run: command })}\n`)
    })
  createInterface({ input: stream }).on('line', (text) => {
    const line = JSON.parse(text) as Line
    if (line.hello) return arrived({ ...line.hello, run, leave: () => void stream.write('{"leave":true}\n') })
    answers.get(line.id ?? 0)?.(line)
  })
}
