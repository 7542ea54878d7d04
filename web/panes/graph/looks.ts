// The icon of each state of a step. Colour and word stand beside it, so that none of the three is the only sign.
import type { StepState } from '#dsl/powers/runs.ts'
import type { IconName } from '#web/ui/icon.tsx'

export const LOOKS: Record<StepState | 'plain', IconName> = {
  plain: 'chevron',
  pending: 'ring',
  queued: 'clock',
  running: 'play',
  approval: 'hand',
  success: 'check',
  failure: 'alert',
  cancelled: 'cancel',
  skipped: 'skip',
}
