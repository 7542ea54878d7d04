// Fields of the workspace ops.
import { z } from 'zod'
import { WORKSPACE, time } from '#dsl/ops/fields.ts'

export const target = () => WORKSPACE.describe('Workspace id or name')

export const WORKSPACE_INFO = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(['stopped', 'starting', 'running']),
  repo: z.string().optional().describe('The repository it was made from'),
  driver: z.string().describe('What isolates it'),
  ofRun: z.boolean().describe('Whether a run of a workflow made it'),
  endedBy: z
    .enum(['exited', 'oom', 'killed', 'idle'])
    .optional()
    .describe(
      'Why it is stopped though nobody stopped it; `oom`: it ran out of memory, `idle`: nobody used it',
    ),
  createdAt: time(),
})

const bytes = () => z.int().min(0)

export const WORKSPACE_USAGE = z.object({
  at: time(),
  limits: z.object({
    cpus: z.number().describe('Cores'),
    memoryBytes: bytes(),
    diskBytes: bytes(),
    diskBytesPerSecond: bytes()
      .optional()
      .describe('Read, and as much written; absent: as fast as the disk goes'),
    pids: z.int().describe('Processes and threads'),
  }),
  egress: z
    .object({ sent: bytes(), received: bytes() })
    .describe('Bytes to and from the network since its server started'),
  now: z
    .object({
      cpuMs: z.number().describe('CPU time since it started, in milliseconds'),
      memoryBytes: bytes(),
      diskBytes: bytes(),
      pids: z.int(),
      oomKills: z.int().optional().describe('Programs that were ended because memory ran out'),
    })
    .optional()
    .describe('Absent while it does not run'),
})
