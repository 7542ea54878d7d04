// artifact.list: what a run left behind.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { runId } from '#dsl/ops/fields.ts'

const ARTIFACT = z.object({
  id: z.string(),
  run: z.string(),
  step: z.string(),
  attempt: z.int(),
  name: z.string(),
  kind: z.enum(['log', 'recording', 'report', 'file']),
  type: z.string().describe('MIME type'),
  bytes: z.int(),
  sha256: z.string().describe('Lower-case hex'),
  expiresAt: z.string().optional().describe('ISO 8601; absent for one that is kept'),
  createdAt: z.string().describe('ISO 8601'),
})

export const artifactList = op({
  name: 'artifact.list',
  summary: 'List what a run left behind',
  needs: ['artifacts'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({ run: runId() }),
  output: z.object({ artifacts: z.array(ARTIFACT) }),
  run: async ({ artifacts }, { run }) => ({ artifacts: await artifacts.list(run) }),
})
