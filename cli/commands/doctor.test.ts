import { expect, it } from 'vitest'
import { openStage } from '#cli/test-stage.ts'

it('doctor examines this machine by the program of the server, and passes its verdict on', async () => {
  const stage = await openStage()
  try {
    const env = { CHISPART_DATA: stage.directory }
    const { code, out } = await stage.run(['doctor'], { env })
    expect(out.toString()).toMatch(/^(ok {5}|missing) {2}bubblewrap: /)
    expect(code).toBe(out.toString().includes('A sandbox starts here.') ? 0 : 69)
  } finally {
    await stage.close()
  }
})
