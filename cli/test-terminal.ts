// For tests: the real command on a real terminal, and what it shows there.
import { spawn } from 'node-pty'
import type { IPty } from 'node-pty'
import { CHISPART } from './test-stage.ts'
import type { Stage } from './test-stage.ts'

const PATIENCE_MS = 15_000

export interface Terminal {
  readonly pty: IPty
  readonly ended: Promise<number>
  /** All that it shows once that is there. */
  until(needle: string | RegExp): Promise<string>
}

/** 100 by 30 cells. */
export function openTerminal({ env, directory }: Stage, args: readonly string[]): Terminal {
  const pty = spawn(process.execPath, [CHISPART, ...args], { cols: 100, rows: 30, cwd: directory, env })
  const watchers = new Set<() => void>()
  let said = ''
  pty.onData((data) => {
    said += data
    for (const watch of watchers) watch()
  })
  const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)))

  function until(needle: string | RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`No ${String(needle)} in: ${said}`))
      const timer = setTimeout(fail, PATIENCE_MS)
      const watch = () => {
        if (typeof needle === 'string' ? !said.includes(needle) : !needle.test(said)) return
        clearTimeout(timer)
        watchers.delete(watch)
        resolve(said)
      }
      watchers.add(watch)
      watch()
    })
  }

  return { pty, ended, until }
}
