// Package managers as a cache sees them: which files say what a project needs, and where its downloads are kept.
// `node_modules` and other installed trees are no caches: what runs is always installed anew from what was downloaded.

export interface Manager {
  readonly kind: string
  /** Git pathspecs of its lockfiles (gitglossary(7)). */
  readonly locks: readonly string[]
  /** Below /work, by the variables that a sandbox has (runtime/sandbox). */
  readonly folders: readonly string[]
}

const anywhere = (...names: string[]) => names.map((name) => `:(glob)**/${name}`)

export const MANAGERS: readonly Manager[] = [
  {
    kind: 'npm',
    locks: anywhere('package-lock.json', 'npm-shrinkwrap.json'),
    // Beside it are logs, and programs that npx would run without asking.
    folders: ['.cache/npm/_cacache'],
  },
  { kind: 'pnpm', locks: anywhere('pnpm-lock.yaml'), folders: ['.local/share/pnpm/store', '.cache/pnpm'] },
  { kind: 'yarn', locks: anywhere('yarn.lock'), folders: ['.cache/yarn'] },
  { kind: 'bun', locks: anywhere('bun.lock', 'bun.lockb'), folders: ['.cache/bun'] },
  { kind: 'pip', locks: anywhere('requirements*.txt', 'requirements/*.txt'), folders: ['.cache/pip'] },
  { kind: 'uv', locks: anywhere('uv.lock'), folders: ['.cache/uv'] },
  {
    kind: 'poetry',
    locks: anywhere('poetry.lock'),
    folders: ['.cache/pypoetry/cache', '.cache/pypoetry/artifacts'],
  },
]
