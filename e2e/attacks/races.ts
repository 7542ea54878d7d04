// Attacks by links that change while the server's own hands use them: through the ops for files, and through what a step
// leaves behind. Data; see attack.ts.
import type { Kind } from './kinds.ts'

/** Writable for the runtime, and no part of the workspace: what comes or goes there went through a link. */
const OUT = '/dev/shm/out'

export interface Race {
  readonly kind: Kind
  readonly name: string
  /** Once, in the folder of the race. */
  readonly prepare: string
  /** Again and again, beside the op. */
  readonly swap: string
  readonly op: string
  readonly input: Readonly<Record<string, unknown>>
  /** What no answer may hold. */
  readonly never: RegExp
}

/** Prints what is outside; it must stay so. */
export const OUTSIDE = { command: `ls -A ${OUT}; cat ${OUT}/f`, whole: 'f\nwhole\n' }

const around = `mkdir -p ${OUT}; rm -rf ${OUT}/*; echo whole >${OUT}/f; mkdir -p d; echo in >d/f; echo in >mine`
const swap = `rm -rf d; ln -s ${OUT} d; rm d; mkdir d; echo in >d/f`
const NEVER = /whole|root:x|CHISPART|PATH=/

const race = (name: string, op: string, input: Race['input']): Race => ({
  kind: 'symlink races',
  name,
  prepare: around,
  swap,
  op: `file.${op}`,
  input,
  never: NEVER,
})

export const RACES: readonly Race[] = [
  {
    ...race('a file that becomes a link', 'read', { path: 'race' }),
    swap: 'ln -sfn mine race; ln -sfn /etc/passwd race; ln -sfn mine race; ln -sfn /proc/self/environ race',
  },
  race('reading below a folder that becomes a link', 'read', { path: 'd/f' }),
  race('writing below it', 'write', { path: 'd/f', content: 'evil' }),
  race('writing with its folders', 'write', { path: 'd/x/y', content: 'evil', parents: true }),
  race('listing it', 'list', { path: 'd' }),
  race('making a folder below it', 'mkdir', { path: 'd/new/one', parents: true }),
  race('moving something into it', 'move', { from: 'mine', to: 'd/f', overwrite: true }),
  race('removing it with all that it holds', 'remove', { path: 'd', recursive: true }),
]

/** A step whose files are links, and become links while they are collected; `fine` is one that is none. */
export const LEAVES = JSON.stringify({
  name: 'leaves',
  on: 'manual',
  steps: [
    {
      id: 'leave',
      uses: 'exec',
      matrix: { n: [1, 2, 3, 4], max_parallel: 4 },
      with: {
        cmd: [
          'mkdir -p out-${{ matrix.n }}; cd out-${{ matrix.n }}',
          'ln -s /etc/passwd a; ln -s /proc/self/environ b; ln -s / c; ln -s ../../.. e; mkfifo p; echo fine >fine',
          'ln -s /proc/self/fd/3 g; ln -s /run/chispart/host.sock s',
          "setsid bash -c 'for n in {1..3000}; do echo in >t; mv -f t r; ln -sfn /proc/self/environ r; ln -sfn /etc/passwd r; done' >/dev/null 2>&1 &",
          'until [ -e r ]; do :; done',
        ].join('\n'),
      },
      // What is fine stands by itself: a file that changes while it is read costs those of its own list.
      artifacts: [{ path: 'out-${{ matrix.n }}/fine' }, { path: 'out-${{ matrix.n }}/[!f]*' }],
    },
  ],
})
export const LEFT = { fine: 'fine\n', never: NEVER }
