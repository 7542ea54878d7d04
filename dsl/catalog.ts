// The catalog: every op by name, alphabetical. It is the only list; doors, documents and faces derive from it.
import { z } from 'zod'
import type { Op, TypedOp } from './op.ts'
import { WORKSPACE } from './ops/fields.ts'
import { artifactLink } from './ops/artifact/link.ts'
import { artifactList } from './ops/artifact/list.ts'
import { credentialList } from './ops/credential/list.ts'
import { credentialRemove } from './ops/credential/remove.ts'
import { credentialSet } from './ops/credential/set.ts'
import { deviceApprove } from './ops/device/approve.ts'
import { deviceList } from './ops/device/list.ts'
import { deviceRevoke } from './ops/device/revoke.ts'
import { exec } from './ops/exec.ts'
import { fileList } from './ops/file/list.ts'
import { fileMkdir } from './ops/file/mkdir.ts'
import { fileMove } from './ops/file/move.ts'
import { filePatch } from './ops/file/patch.ts'
import { fileRead } from './ops/file/read.ts'
import { fileRemove } from './ops/file/remove.ts'
import { fileStat } from './ops/file/stat.ts'
import { fileWrite } from './ops/file/write.ts'
import { gitBranch } from './ops/git/branch.ts'
import { gitCheckout } from './ops/git/checkout.ts'
import { gitClone } from './ops/git/clone.ts'
import { gitCommit } from './ops/git/commit.ts'
import { gitDiff } from './ops/git/diff.ts'
import { gitLog } from './ops/git/log.ts'
import { gitPush } from './ops/git/push.ts'
import { gitStatus } from './ops/git/status.ts'
import { githubPrComment } from './ops/github/pr/comment.ts'
import { githubPrCreate } from './ops/github/pr/create.ts'
import { llmChat } from './ops/llm/chat.ts'
import { pairConfirm } from './ops/pair/confirm.ts'
import { pairInit } from './ops/pair/init.ts'
import { ptyAttach } from './ops/pty/attach.ts'
import { ptyClose } from './ops/pty/close.ts'
import { ptyList } from './ops/pty/list.ts'
import { ptyOpen } from './ops/pty/open.ts'
import { ptyRename } from './ops/pty/rename.ts'
import { ptyResize } from './ops/pty/resize.ts'
import { qaReview } from './ops/qa/review.ts'
import { runApprovals } from './ops/run/approvals.ts'
import { runApprove } from './ops/run/approve.ts'
import { runCancel } from './ops/run/cancel.ts'
import { runGet } from './ops/run/get.ts'
import { runList } from './ops/run/list.ts'
import { runLog } from './ops/run/log.ts'
import { runRetry } from './ops/run/retry.ts'
import { runStart } from './ops/run/start.ts'
import { runWatch } from './ops/run/watch.ts'
import { testsRun } from './ops/tests/run.ts'
import { workflowGet } from './ops/workflow/get.ts'
import { workflowGraph } from './ops/workflow/graph.ts'
import { workflowList } from './ops/workflow/list.ts'
import { workflowRemove } from './ops/workflow/remove.ts'
import { workflowSave } from './ops/workflow/save.ts'
import { workflowSchema } from './ops/workflow/schema.ts'
import { workflowValidate } from './ops/workflow/validate.ts'
import { workspaceCreate } from './ops/workspace/create.ts'
import { workspaceList } from './ops/workspace/list.ts'
import { workspaceRemove } from './ops/workspace/remove.ts'
import { workspaceStart } from './ops/workspace/start.ts'
import { workspaceStop } from './ops/workspace/stop.ts'
import { workspaceUsage } from './ops/workspace/usage.ts'

export const OPS = [
  artifactLink,
  artifactList,
  credentialList,
  credentialRemove,
  credentialSet,
  deviceApprove,
  deviceList,
  deviceRevoke,
  exec,
  fileList,
  fileMkdir,
  fileMove,
  filePatch,
  fileRead,
  fileRemove,
  fileStat,
  fileWrite,
  gitBranch,
  gitCheckout,
  gitClone,
  gitCommit,
  gitDiff,
  gitLog,
  gitPush,
  gitStatus,
  githubPrComment,
  githubPrCreate,
  llmChat,
  pairConfirm,
  pairInit,
  ptyAttach,
  ptyClose,
  ptyList,
  ptyOpen,
  ptyRename,
  ptyResize,
  qaReview,
  runApprovals,
  runApprove,
  runCancel,
  runGet,
  runList,
  runLog,
  runRetry,
  runStart,
  runWatch,
  testsRun,
  workflowGet,
  workflowGraph,
  workflowList,
  workflowRemove,
  workflowSave,
  workflowSchema,
  workflowValidate,
  workspaceCreate,
  workspaceList,
  workspaceRemove,
  workspaceStart,
  workspaceStop,
  workspaceUsage,
] as const

type AnyOp = (typeof OPS)[number]
export type OpName = AnyOp['name']
type Named<N extends OpName> = Extract<AnyOp, { name: N }>
/** An op without fields has an index signature, which would refuse every field. */
type Fields<T> = { [K in keyof T as string extends K ? never : K]: T[K] }
/** Fields that an op takes; one that runs in a workspace also takes `workspace`. */
export type OpInput<N extends OpName> = Fields<z.input<Named<N>['input']>> & {
  workspace?: string | undefined
}
export type OpOutput<N extends OpName> = z.output<Named<N>['output']>
export type OpEvent<N extends OpName> =
  Named<N> extends TypedOp<string, never, z.ZodObject, z.ZodObject, infer E> ? z.output<E> : never

const byName = new Map<string, Op>()
for (const entry of OPS as unknown as readonly Op[]) {
  for (const name of [entry.name, ...entry.aliases]) byName.set(name, entry)
}

/** All ops, types erased. */
export const CATALOG: readonly Op[] = OPS as unknown as readonly Op[]

/** The op of that name or alias. */
export function findOp(name: string): Op | undefined {
  return byName.get(name)
}

/** What a door asks for: the op's own input, plus `workspace` for an op that runs in one. Unknown fields are refused. */
export function doorInput(op: Op): z.ZodObject {
  return op.runs === 'workspace'
    ? op.input.extend({ workspace: WORKSPACE.optional() }).strict()
    : op.input.strict()
}
