// Which driver this server makes sandboxes with. It never chooses to have none: what cannot work says so in its probe.
import type { Driver } from '#server/fleet/driver.ts'
import { type BubblewrapOptions, bubblewrapDriver } from './bubblewrap/driver.ts'
import { type DockerOptions, dockerDriver } from './docker/driver.ts'
import { answers, openEngine, socketOf } from './docker/engine.ts'

export type SandboxKind = 'auto' | 'bubblewrap' | 'docker'

export interface SandboxChoice {
  readonly kind: SandboxKind
  /** Address of the Docker engine: `unix:///path`. */
  readonly dockerHost: string
  /** Base image of its containers. */
  readonly image: string
}

/** `auto` is bubblewrap, unless it cannot work here and an engine answers. Faults: invalid (address of the engine). */
export async function chooseDriver(
  choice: SandboxChoice,
  parts: BubblewrapOptions & Omit<DockerOptions, 'socketPath' | 'image'>,
): Promise<Driver> {
  const { kind, dockerHost, image } = choice
  const docker = (): Driver => dockerDriver({ ...parts, image, socketPath: socketOf(dockerHost) })
  if (kind === 'docker') return docker()
  const bubblewrap = bubblewrapDriver(parts)
  // An engine is asked first: it takes a millisecond, and most machines that have bubblewrap have none.
  if (kind === 'bubblewrap' || !(await engineAnswers(dockerHost))) return bubblewrap
  if ((await bubblewrap.probe()) === undefined) return bubblewrap
  await bubblewrap.close()
  return docker()
}

/** An engine on another machine, which DOCKER_HOST may name for other programs, counts as none. */
async function engineAnswers(dockerHost: string): Promise<boolean> {
  return dockerHost.startsWith('unix:///') && answers(openEngine(socketOf(dockerHost)))
}
