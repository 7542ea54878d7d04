// What is read while git makes the repository: the schemas of the link, and with them half of a sandbox's code.
import './plain.ts'
export * from '#dsl/wire/link.ts'
