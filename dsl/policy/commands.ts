// Judges a command against a plan's patterns on the parsed shell, never on text. It answers; it never runs anything.
import type { Command } from '#dsl/powers/exec.ts'
import type { Grant } from '#dsl/wire/link.ts'

export type Verdict =
  /** Run exactly this argv; for a shell line it is bash with the re-quoted script. */
  | { readonly allowed: true; readonly argv: readonly string[] }
  | {
      readonly allowed: false
      /** The rule that failed: R1…R12 of SECURITY.md. */
      readonly rule: string
      /** The part of the line that failed, and where it starts (1-based). */
      readonly node: string
      readonly column: number
      /** A sentence for a person. */
      readonly reason: string
      /** The pattern that would allow it; absent where none can. */
      readonly allow?: string
    }

export type Judge = (grant: Grant, command: Command) => Verdict
