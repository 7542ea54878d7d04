// `node server/fleet/doctor.ts [--fix]`: says what this machine has for sandboxes and what is missing, by really
// starting one; `--fix` fetches bubblewrap without root. It changes nothing else. Exit status 69 when something lacks.
import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { toFault } from '#dsl/fault.ts'
import { takeConfig } from '#server/config.ts'
import type { DriverProblem } from './driver.ts'
import { chooseDriver, type SandboxChoice } from './drivers/choose.ts'
import type { DockerOptions } from './drivers/docker/driver.ts'
import { answers, openEngine, socketOf } from './drivers/docker/engine.ts'
import { makeCgroup, removeCgroup } from './drivers/bubblewrap/cgroup.ts'
import { fetchBubblewrap } from './drivers/bubblewrap/fetch.ts'
import { findBwrap, MISSING } from './drivers/bubblewrap/probe.ts'
import { placeOf } from './place/place.ts'
import { runTool } from './volume/run.ts'

const RUNTIME = resolve(import.meta.dirname, '../../dist/runtime')
const LACKING = 69
/** No process ever enters it. */
const GROUP = { diskBytes: 1e6, memoryBytes: 1e8, pids: 10, cpus: 1 }

interface Finding {
  readonly what: string
  readonly found: boolean
  readonly note: string
}

async function examine(
  dataDir: string,
  choice: SandboxChoice,
): Promise<{ findings: Finding[]; problem: DriverProblem | undefined }> {
  const root = process.getuid?.() === 0
  const bwrap = await findBwrap(placeOf(dataDir, root).path)
  const version = bwrap === undefined ? '' : (await runTool(bwrap, ['--version'])).stdout.trim()
  const ext4 = (await runTool('mkfs.ext4', ['-V'])).ok
  const runtime = await access(RUNTIME).then(
    () => true,
    () => false,
  )
  const engine = await engineFinding(choice)
  const { problem, warnings } = await trial(dataDir, choice)
  const findings = [
    { what: 'bubblewrap', found: bwrap !== undefined, note: version || MISSING.remedy },
    { what: 'runtime', found: runtime, note: runtime ? RUNTIME : 'node infra/scripts/build-runtime.ts' },
    { what: 'disk quota', found: root && ext4, note: quotaNote(root, ext4) },
    ...(await groupFindings()),
    ...engine,
    ...warnings,
  ]
  return { findings, problem }
}

function quotaNote(root: boolean, ext4: boolean): string {
  if (!root) return 'needs root; without it the size holds per file'
  return ext4 ? 'one ext4 image per workspace' : 'apt-get install -y e2fsprogs'
}

/** Of bubblewrap; an engine makes its own. */
async function groupFindings(): Promise<Finding[]> {
  const group = await makeCgroup(`chispart-doctor-${process.pid}`, GROUP)
  if (group) await removeCgroup(group)
  const version = `version ${group?.version}`
  const groups = group
    ? version
    : 'this server may make none; without them memory holds per process, CPU not at all'
  const rate = group?.blkio
    ? version
    : 'needs the controller blkio, or io of version 2; without it there is no limit'
  return [
    { what: 'control groups', found: group !== undefined, note: groups },
    { what: 'disk rate', found: group?.blkio !== undefined, note: rate },
  ]
}

/** Named only where somebody wants it or it is there: most machines need none. */
async function engineFinding({ kind, dockerHost }: SandboxChoice): Promise<Finding[]> {
  const local = kind === 'docker' || dockerHost.startsWith('unix:///')
  const found = local && (await answers(openEngine(socketOf(dockerHost))))
  return found || kind === 'docker' ? [{ what: 'Docker engine', found, note: dockerHost }] : []
}

/** With what the driver warns of. */
async function trial(
  dataDir: string,
  choice: SandboxChoice,
): Promise<{ problem: DriverProblem | undefined; warnings: Finding[] }> {
  const warnings: Finding[] = []
  const exits = { link: () => undefined, egress: () => undefined }
  const log: DockerOptions['log'] = (level, what, data) => {
    if (level === 'warn') warnings.push({ what, found: false, note: String(data?.['why'] ?? '') })
  }
  const parts = { dataDir, runtimeDir: RUNTIME, nodeBinary: process.execPath, exits, log }
  const driver = await chooseDriver(choice, parts)
  try {
    return { problem: await driver.probe(), warnings }
  } finally {
    await driver.close()
  }
}

function report(findings: readonly Finding[], problem: DriverProblem | undefined): void {
  const lines = findings.map(({ what, found, note }) => `${found ? 'ok     ' : 'missing'}  ${what}: ${note}`)
  const verdict =
    problem === undefined
      ? ['A sandbox starts here.']
      : [problem.problem, `To make it right: ${problem.remedy}`]
  process.stdout.write(`${[...lines, ...verdict].join('\n')}\n`)
}

async function main(fix: boolean): Promise<void> {
  const { dataDir, sandbox } = takeConfig()
  const first = await examine(dataDir, sandbox)
  const lacks = first.findings.some(({ what, found }) => what === 'bubblewrap' && !found)
  if (fix && lacks) await fetchBubblewrap(dataDir)
  const { findings, problem } = fix && lacks ? await examine(dataDir, sandbox) : first
  report(findings, problem)
  if (problem !== undefined) process.exitCode = LACKING
}

try {
  await main(process.argv.includes('--fix'))
} catch (error) {
  process.stdout.write(`${toFault(error).message}\n`)
  process.exitCode = LACKING
}
