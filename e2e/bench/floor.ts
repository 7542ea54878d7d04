// The floor of every terminal figure: node-pty in this very process, no server, no sandbox. It measures; it never judges.
import { spawn } from 'node-pty'
import type { IPty } from 'node-pty'
import { percentiles } from './figures.ts'
import type { Percentiles } from './figures.ts'

interface FloorShell {
  write(text: string): void
  onData(listener: (bytes: Buffer) => void): void
  close(): void
}

export function floorShell(): FloorShell {
  const pty: IPty = spawn('/bin/bash', ['--norc', '--noprofile'], {
    encoding: null,
    cols: 120,
    rows: 40,
    env: { PATH: '/usr/bin:/bin', PS1: '$ ', TERM: 'xterm-256color' },
  })
  return {
    write: (text) => pty.write(text),
    onData: (listener) => void pty.onData((data) => listener(data as unknown as Buffer)),
    close: () => pty.kill('SIGKILL'),
  }
}

/** MB/s of `cat` of a file, from the key press to the marker that follows it. */
export function floorThroughput(file: string): Promise<number> {
  const shell = floorShell()
  return new Promise((resolve) => {
    let bytes = 0
    let started = 0
    let tail = ''
    shell.onData((data) => {
      bytes += data.length
      tail = (tail + data.subarray(-200).toString('latin1')).slice(-200)
      if (started === 0 && tail.includes('READY\r\n')) {
        bytes = 0
        started = performance.now()
        shell.write(`cat ${file}; echo DO""NE\n`)
      }
      if (!tail.includes('DONE\r\n')) return
      shell.close()
      resolve(bytes / 1e6 / ((performance.now() - started) / 1000))
    })
    shell.write('echo REA""DY\n')
  })
}

/** Milliseconds from a key to its echo by `cat`, one after the other. */
export async function floorEcho(keys: number): Promise<Percentiles> {
  const shell = floorShell()
  let heard: (() => void) | undefined
  let tail = ''
  shell.onData((data) => {
    tail = (tail + data.subarray(-200).toString('latin1')).slice(-200)
    heard?.()
  })
  const until = (text: string) =>
    new Promise<void>((resolve) => {
      heard = () => {
        if (!tail.includes(text)) return
        heard = undefined
        resolve()
      }
      heard()
    })
  shell.write('stty -icanon; echo REA""DY; cat >/dev/null\n')
  await until('READY\r\n')
  const times: number[] = []
  for (let i = 0; i < keys; i++) {
    const key = String.fromCharCode(97 + (i % 26))
    tail = ''
    const sent = performance.now()
    shell.write(key)
    await until(key)
    times.push(performance.now() - sent)
  }
  shell.close()
  return percentiles(times)
}
