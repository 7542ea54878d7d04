// Runs one command and ends with the exit status that the fault table says.
import { CommanderError } from 'commander'
import { FAULTS, toFault } from '#dsl/fault.ts'
import { readConfig, unknownVariables } from './config.ts'
import { printFault, printNote } from './print.ts'
import { buildProgram } from './program.ts'

try {
  for (const name of unknownVariables())
    printNote(`chispart: nothing reads the variable ${name}. .env.example names all that there are.`)
  await buildProgram(readConfig()).parseAsync(process.argv)
} catch (error) {
  process.exitCode = exitOf(error)
}

function exitOf(error: unknown): number {
  // commander has printed its help or its complaint.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : FAULTS.invalid.exit
  const fault = toFault(error)
  printFault(fault, { json: process.argv.includes('--json') })
  return FAULTS[fault.code].exit
}
