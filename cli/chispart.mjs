#!/usr/bin/env node
// The command itself: finds a Node that runs TypeScript (24 or newer, or Bun) and hands over. Plain JavaScript for Node 20.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const NODE_LEAST = 24
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const PACKAGED = fileURLToPath(
  new URL(`../node_modules/node-${process.platform}-${process.arch}/bin/node`, import.meta.url),
)

if (process.versions.bun || Number(process.versions.node.split('.')[0]) >= NODE_LEAST)
  await import('./main.ts')
else if (existsSync(PACKAGED)) handOver()
else {
  process.stderr.write(
    `chispart needs Node ${NODE_LEAST} or newer; this is ${process.versions.node}. ` +
      'In a checkout `npm ci` brings one; elsewhere install it.\n',
  )
  process.exitCode = 69
}

function handOver() {
  const child = spawn(PACKAGED, [MAIN, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])
    process.on(signal, () => {
      // A terminal signals its whole foreground group, so the child has a Ctrl-C already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  child.once('error', (error) => {
    process.stderr.write(`${PACKAGED} does not start: ${error.message}\n`)
    process.exitCode = 69
  })
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal]
  })
}
