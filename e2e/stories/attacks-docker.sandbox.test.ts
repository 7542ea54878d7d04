// The attack suite in containers of a Docker engine that the suite starts.
import { afterAll, describe, it } from 'vitest'
import { attackSuite } from '#e2e/attacks/suite.ts'
import { openAttacked } from '#e2e/stage/attacked.ts'
import { openTestEngine } from '#server/fleet/drivers/docker/test-engine.ts'

const engine = await openTestEngine()

if (typeof engine === 'string') {
  process.stderr.write(`\nAttacks on containers are NOT tried here: ${engine}.\n\n`)
  describe('Attacks on Docker', () => it.skip(`are not tried here: ${engine}`, () => undefined))
} else {
  const { socketPath, image } = engine
  const env = {
    CHISPART_SANDBOX: 'docker',
    CHISPART_SANDBOX_IMAGE: image,
    DOCKER_HOST: `unix://${socketPath}`,
  }
  attackSuite('Docker', () => openAttacked(['evil', 'mad'], { env }))
  afterAll(() => engine.close())
}
