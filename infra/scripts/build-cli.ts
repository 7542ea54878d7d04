// Bundles the CLI into dist/cli: main.js loads several times faster than a hundred files, and what one command alone needs
// lies beside it. The source stays the truth: cli/chispart.mjs runs the bundle only while no source is newer.
import { rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const OUT = join(ROOT, 'dist', 'cli')

async function buildCli(): Promise<void> {
  const draft = `${OUT}.${process.pid}`
  const build = await rolldown({ input: 'cli/main.ts', cwd: ROOT, platform: 'node' })
  try {
    const names = { entryFileNames: 'main.js', chunkFileNames: '[name].js' }
    await build.write({ dir: draft, format: 'esm', comments: false, ...names })
  } finally {
    await build.close()
  }
  await rm(OUT, { recursive: true, force: true })
  await rename(draft, OUT)
}

await buildCli()
