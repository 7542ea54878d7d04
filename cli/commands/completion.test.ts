import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHISPART, openStage } from '#cli/test-stage.ts'
import type { Stage } from '#cli/test-stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

const suggestions = async (...words: string[]) => {
  const { out } = await stage.run(['complete', '--', ...words])
  return out
    .toString()
    .split('\n')
    .map((line) => line.split('\t')[0])
}

/** bash-completion's, as far as the script needs it, for machines without that package. */
const WORDS =
  '_get_comp_words_by_ref() { cur=${COMP_WORDS[COMP_CWORD]}; words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; }; compopt() { :; }'

describe('completion', () => {
  it('suggests commands, their verbs and their options', async () => {
    expect(await suggestions('wor')).toContain('workspace')
    expect(await suggestions('git', '')).toEqual(
      expect.arrayContaining(['clone', 'commit', 'diff', 'log', 'status']),
    )
    expect(await suggestions('exec', '--')).toEqual(expect.arrayContaining(['--cwd', '--timeout']))
  })

  it.each(['bash', 'zsh', 'fish', 'powershell'])('has a script for %s', async (shell) => {
    const { code, out, err } = await stage.run(['completion', shell])
    expect([code, err]).toEqual([0, ''])
    expect(out.toString()).toMatch(/chispart['"]? complete/)
    if (spawnSync(shell, ['--version']).error) return
    if (shell !== 'powershell') execFileSync(shell, ['-n'], { input: out })
  })

  it('completes in a real bash', async () => {
    const bin = join(stage.directory, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'chispart'), `#!/bin/sh\nexec "${process.execPath}" "${CHISPART}" "$@"\n`)
    chmodSync(join(bin, 'chispart'), 0o755)
    const { out } = await stage.run(['completion', 'bash'])
    const typed = 'COMP_WORDS=(chispart git st); COMP_CWORD=2; __chispart_complete; echo "${COMPREPLY[@]}"'
    const env = { ...stage.env, PATH: `${bin}:${stage.env['PATH']}` }
    const said = execFileSync('bash', ['-c', `${WORDS}\n${out.toString()}\n${typed}`], { env })
    expect(said.toString()).toContain('status')
  })
})
