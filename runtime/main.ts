// The program of a sandbox's first process: takes what the server hands to it, and begins to open the repository while all
// else loads. It validates nothing; who serves does.
import { closeSync, readFileSync } from 'node:fs'
import { openRepository } from './repository.ts'

const GIVEN_FD = 3

const given: unknown = JSON.parse(readFileSync(GIVEN_FD, 'utf8'))
closeSync(GIVEN_FD)
const isMade = (given as { repository?: unknown } | null)?.repository === true
const repository = openRepository(process.cwd(), isMade)
void import('./sandbox.ts').then(({ serveSandbox }) => serveSandbox(given, repository))
