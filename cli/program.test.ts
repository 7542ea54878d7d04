import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { CATALOG } from '#dsl/catalog.ts'
import { readConfig } from './config.ts'
import { fieldsOf } from './flags.ts'
import { BY_HAND, buildProgram } from './program.ts'

const OPS = CATALOG.filter(({ doors }) => doors.includes('cli'))
const program = () => buildProgram(readConfig())

function commandAt(root: Command, words: readonly string[]): Command | undefined {
  return words.reduce<Command | undefined>(
    (command, word) => command?.commands.find((child) => child.name() === word),
    root,
  )
}

describe('the program', () => {
  it('has a command for every op behind the door `cli`', () => {
    const root = program()
    for (const { name } of OPS) expect(commandAt(root, name.split('.')), name).toBeDefined()
  })

  it('names every field of an op in the help of its command', () => {
    const root = program()
    for (const op of OPS.filter(({ name }) => !BY_HAND.includes(name))) {
      const help = commandAt(root, op.name.split('.'))?.helpInformation() ?? ''
      for (const { name } of fieldsOf(op)) {
        const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
        expect(help, `${op.name} ${name}`).toMatch(new RegExp(`[<[]${name}[\\]>]|--(no-)?${flag}\\b`))
      }
    }
  })

  it('hides no option of all commands behind a field of an op', () => {
    const root = program()
    const taken = root.options.map(({ long }) => long)
    const walk = (command: Command): void => {
      for (const { long } of command.options) expect(taken, command.name()).not.toContain(long)
      command.commands.forEach(walk)
    }
    root.commands.forEach(walk)
  })

  it('says in one sentence what each command does', () => {
    const walk = (command: Command): void => {
      expect(command.description(), command.name()).toMatch(/^[\w]/)
      command.commands.forEach(walk)
    }
    walk(program())
  })
})
