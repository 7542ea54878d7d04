import { expect, it } from 'vitest'
import { placeOf } from '#server/fleet/place/place.ts'
import { openEngine } from './engine.ts'
import type { Ground } from './ground.ts'
import { createSeek, PROFILE } from './seek.ts'
import type { TrialParts, TrialProblem } from './trial.ts'

const GROUND: Ground = {
  ...{ image: 'any', seccomp: '{}', base: undefined, directory: undefined },
  ...{ version: 1, unlimited: [], hasApparmor: true },
}
const APART = { problem: 'No mounts.', remedy: 'None.', isApart: true }

/** A machine without a kernel of its own: `answers` says how each container ends. */
function seekOn(
  hasApparmor: boolean,
  answers: (tried: Pick<TrialParts, 'apparmor'>) => TrialProblem | undefined,
) {
  const tried: (string | undefined)[] = []
  const told: string[] = []
  const seek = createSeek({
    engine: openEngine('/nowhere.sock'),
    place: placeOf('/nowhere', false),
    exits: { link: () => undefined, egress: () => undefined },
    prepare: () => Promise.resolve({ ...GROUND, hasApparmor }),
    unconfined: (why) => void told.push(why),
    attempt: (parts) => {
      tried.push(parts.apparmor)
      return new Promise((done) => done(answers(parts)))
    },
  })
  return { seek, tried, told }
}

it('containers have our AppArmor profile where one starts and works under it', async () => {
  const { seek, tried, told } = seekOn(true, () => undefined)
  expect(await seek.find()).toMatchObject({ apparmor: PROFILE })
  expect([tried, told]).toEqual([[PROFILE], []])
})

it('where the profile is not loaded they go without, and that is told once with what loads it', async () => {
  const { seek, tried, told } = seekOn(true, ({ apparmor }) => {
    if (apparmor !== undefined) throw new Error('apparmor failed to apply profile: no such file or directory')
    return undefined
  })
  expect(await seek.probe()).toBeUndefined()
  expect(await seek.probe()).toBeUndefined()
  expect((await seek.find()).apparmor).toBeUndefined()
  expect(tried).toEqual([PROFILE, undefined, PROFILE, undefined])
  expect(told).toEqual([expect.stringContaining('apparmor_parser -r')])
})

it('a profile that hinders what runs under it hinders no sandbox', async () => {
  const { seek } = seekOn(true, ({ apparmor }) => (apparmor === undefined ? undefined : APART))
  expect((await seek.find()).apparmor).toBeUndefined()
})

it('a kernel without AppArmor is asked for no profile', async () => {
  const { seek, tried, told } = seekOn(false, () => undefined)
  expect((await seek.find()).apparmor).toBeUndefined()
  expect([tried, told]).toEqual([[undefined], ["The engine's machine has no AppArmor."]])
})

it('what hinders every container is told, and nothing is found', async () => {
  const { seek, told } = seekOn(true, () => APART)
  expect(await seek.probe()).toBe(APART)
  await expect(seek.find()).rejects.toMatchObject({ code: 'unavailable', data: APART })
  expect([seek.known(), told]).toEqual([undefined, []])
})
