import { expect, it } from 'vitest'
import { containerOptions, type ContainerSpec } from './container.ts'

const SPEC: ContainerSpec = {
  ...{ name: 'one', image: 'any', labels: {}, seccomp: '{}', apparmor: undefined, command: ['true'] },
  limits: { diskBytes: 10, memoryBytes: 20, pids: 30, cpus: 1 },
  outfit: { uid: 10_001, mounts: [], tmpfs: {}, unbounded: undefined, rates: [], unpaced: undefined },
}

it('a container has an AppArmor profile by name, or what the engine takes by itself', () => {
  const locks = (apparmor: string | undefined) =>
    containerOptions({ ...SPEC, apparmor }).HostConfig?.SecurityOpt
  expect(locks('chispart')).toEqual(['no-new-privileges', 'seccomp={}', 'apparmor=chispart'])
  expect(locks(undefined)).toEqual(['no-new-privileges', 'seccomp={}'])
})

it('a rate is told to the engine by the node of its disk, and what has none is not told', () => {
  const rates = [
    { disk: { number: '7:0', path: '/dev/loop0' }, read: 10, write: 20 },
    { disk: { number: '8:0', path: '/dev/sda' }, read: 30 },
  ]
  const { HostConfig } = containerOptions({ ...SPEC, outfit: { ...SPEC.outfit, rates } })
  expect(HostConfig).toMatchObject({
    BlkioDeviceReadBps: [
      { Path: '/dev/loop0', Rate: 10 },
      { Path: '/dev/sda', Rate: 30 },
    ],
    BlkioDeviceWriteBps: [{ Path: '/dev/loop0', Rate: 20 }],
  })
  expect(containerOptions(SPEC).HostConfig).toMatchObject({ BlkioDeviceReadBps: [], BlkioDeviceWriteBps: [] })
})
