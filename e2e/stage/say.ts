// What a story measured, among the lines of its report. It never judges.
import type { TestInfo } from 'playwright/test'

export function say({ project }: TestInfo, text: string): void {
  process.stdout.write(`    ${project.name}: ${text}\n`)
}
