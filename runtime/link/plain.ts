// Has schemas check what they are given as they are, without compiling a function of each first: a sandbox checks a few
// calls, and its first prompt would wait for that. It is imported before any schema is made.
import { config } from 'zod'

config({ jitless: true })
