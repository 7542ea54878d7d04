// The native part of node-pty: opens a terminal, starts a program on it, resizes it. What it prints is read here, into
// one buffer for all terminals: node-pty's own stream makes an object a read, which costs a flood half of its speed.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ReadStream } from 'node:tty'

interface Native {
  fork(
    ...spec: [
      ...[
        file: string,
        args: readonly string[],
        env: readonly string[],
        cwd: string,
        cols: number,
        rows: number,
      ],
      ...[
        uid: number,
        gid: number,
        utf8: boolean,
        helper: string,
        exit: (code: number, signal: number) => void,
      ],
    ]
  ): { readonly fd: number; readonly pid: number }
  resize(fd: number, cols: number, rows: number, width: number, height: number): void
}

interface Loader {
  loadNativeModule(name: string): { readonly dir: string; readonly module: Native }
}

export interface NativeSpec {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly cols: number
  readonly rows: number
}

export interface NativeTerminal {
  /** Master side, non-blocking; closed by `output`. */
  readonly fd: number
  readonly pid: number
  /** Emits `close` when every program on the terminal has let go of it, or it was destroyed. */
  readonly output: ReadStream
  resize(cols: number, rows: number): void
}

/**
 * The most that N_TTY hands out at once (Linux, n_tty.c: N_TTY_BUF_SIZE - 1). A read that fills its buffer is followed by
 * another, and any other by a wait (libuv, `uv__read`): in a larger buffer that is every single one, of 16 000 in 64 MB.
 */
const SLAB = Buffer.allocUnsafeSlow(4095)
/** "As we are". */
const SAME_ID = -1
let loaded: { readonly native: Native; readonly helper: string } | undefined

/** `data` is handed a view that holds only until it returns. Throws when there is no terminal or process to give. */
export function openNative(
  { argv, cwd, env, cols, rows }: NativeSpec,
  data: (bytes: Buffer) => void,
  exit: (code: number, signal: number) => void,
): NativeTerminal {
  const { native, helper } = load()
  const [file = '', ...args] = argv
  const pairs = Object.entries({ ...env, PWD: cwd }).map(([name, value]) => `${name}=${value}`)
  const { fd, pid } = native.fork(file, args, pairs, cwd, cols, rows, SAME_ID, SAME_ID, false, helper, exit)
  const callback = (length: number) => {
    data(SLAB.subarray(0, length))
    return true
  }
  const output = new ReadStream(fd, { onread: { buffer: SLAB, callback } })
  // EIO: nobody has the other side any more (pty(7)). `close` follows.
  output.on('error', () => undefined)
  output.resume()
  return {
    fd,
    pid,
    output,
    resize: (width, height) => native.resize(fd, width, height, 0, 0),
  }
}

function load() {
  if (loaded) return loaded
  const require = createRequire(import.meta.url)
  const { loadNativeModule } = require('node-pty/lib/utils') as Loader
  const { dir, module } = loadNativeModule('pty')
  // Only macOS starts programs by way of it.
  const helper = join(dirname(require.resolve('node-pty/lib/utils')), dir, 'spawn-helper')
  loaded = { native: module, helper }
  return loaded
}
