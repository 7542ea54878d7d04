// Why a workspace cannot be had, in words that say what would make it right. It decides nothing.
import { Fault } from '#dsl/fault.ts'
import { overQuota } from '#dsl/policy/quota.ts'
import type { PlanQuota } from '#dsl/policy/quota.ts'
import type { WorkspaceRow } from '#server/store/workspaces.ts'

export function tooMany({ plan, workspaces: limit = 0 }: PlanQuota, running: readonly string[]): Fault {
  const used = running.length
  const said = `Your plan "${plan}" runs ${limit} at a time, and ${used} ${used === 1 ? 'runs' : 'run'}: ${running.join(', ')}.`
  return overQuota({ quota: 'workspaces', used, limit, plan, said, remedy: 'Stop one (workspace.stop)' })
}

export function missing(name: string): Fault {
  return new Fault('not_found', `You have no workspace "${name}". workspace.list shows yours.`)
}

const ENDED = {
  oom: 'ran out of memory and ended',
  idle: 'was stopped because nobody used it',
  killed: 'was ended from outside',
  exited: 'ended by itself',
} as const

export function asleep({ name, endedBy }: WorkspaceRow): Fault {
  if (endedBy === null)
    return new Fault('conflict', `The workspace "${name}" does not run. workspace.start starts it.`)
  const said = `The workspace "${name}" ${ENDED[endedBy]}. workspace.start starts it.`
  return new Fault('conflict', said, { data: { endedBy } })
}
