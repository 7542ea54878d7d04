// artifact.link: an address to download one artifact by, good for ten minutes.
import { z } from 'zod'
import { op } from '#dsl/op.ts'

export const artifactLink = op({
  name: 'artifact.link',
  summary: 'Make a short-lived address to download an artifact',
  needs: ['artifacts'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({ artifact: z.string().min(1).max(64).describe('Id of an artifact') }),
  output: z.object({ url: z.url(), expiresAt: z.string().describe('ISO 8601') }),
  run: ({ artifacts }, { artifact }) => artifacts.link(artifact),
})
