// A real S3 server for tests: Ceph's object gateway over one monitor and one store in memory. Nothing of it outlives its test.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

export interface S3Double {
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
  readonly region: string
  close(): Promise<void>
}

const run = promisify(execFile)
const START_TIMEOUT_MS = 60_000
const LOOK_MS = 50
/** Left for other programs of a test to take: a port is only known to be free at the moment it is looked for. */
const TRIES = 3

/** `programs`: what cephPrograms() answers. */
export async function startS3(programs: string): Promise<S3Double> {
  for (let left = TRIES; ; left--) {
    try {
      return await startOnce(programs)
    } catch (error) {
      if (left <= 1) throw error
    }
  }
}

async function startOnce(programs: string): Promise<S3Double> {
  const dir = await mkdtemp(join(tmpdir(), 'chispart-s3-'))
  const running: ChildProcess[] = []
  const close = async () => {
    await Promise.all(running.splice(0).map(kill))
    await rm(dir, { recursive: true, force: true })
  }
  try {
    const [monitor, gateway] = await Promise.all([freePort(), freePort()])
    const keys = { accessKey: randomBytes(10).toString('hex'), secretKey: randomBytes(20).toString('hex') }
    const fsid = randomUUID()
    await writeFile(join(dir, 'ceph.conf'), configuration({ programs, dir, fsid, monitor }))
    await writeFile(join(dir, 'keyring'), keyring())
    await mkdir(join(dir, 'mon'))
    await mkdir(join(dir, 'osd'))
    const { once: finish, start } = commands(programs, dir, running)

    const address = `[v2:127.0.0.1:${monitor}]`
    await finish('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', address, join(dir, 'map')])
    await finish('ceph-mon', ['--mkfs', '-i', 'a', '--monmap', join(dir, 'map')])
    start('ceph-mon', ['-i', 'a', '-f'])
    await finish('ceph-osd', ['-i', '0', '--mkfs', '--osd-uuid', randomUUID()])
    start('ceph-osd', ['-i', '0', '-f'])
    const user = ['--uid=test', '--display-name=test', '--access-key', keys.accessKey]
    await finish('radosgw-admin', ['user', 'create', ...user, '--secret-key', keys.secretKey])
    start('radosgw', ['-n', 'client.admin', '-f', `--rgw_frontends=beast endpoint=127.0.0.1:${gateway}`])
    const endpoint = `http://127.0.0.1:${gateway}`
    await answers(endpoint, running)
    return { endpoint, ...keys, region: 'us-east-1', close }
  } catch (error) {
    const log = await readFile(join(dir, 'output'), 'utf8').catch(() => '')
    await close()
    throw new Error(`Ceph did not start:\n${log.slice(-2000)}`, { cause: error })
  }
}

function commands(programs: string, dir: string, running: ChildProcess[]) {
  const libraries = ['usr/lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu']
    .flatMap((path) => [path, `${path}/ceph`])
    .concat('usr/lib', 'lib/x86_64-linux-gnu', 'lib/aarch64-linux-gnu')
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: libraries.map((path) => join(programs, path)).join(':'),
    CEPH_CONF: join(dir, 'ceph.conf'),
  }
  const path = (program: string) => join(programs, 'usr/bin', program)
  return {
    once: (program: string, args: string[]) =>
      run(path(program), args, { env, timeout: START_TIMEOUT_MS, maxBuffer: 16_777_216 }),
    /** It ends with this process, however that ends. */
    start(program: string, args: string[]) {
      const command = ['--pdeathsig', 'KILL', path(program), ...args]
      running.push(spawn('setpriv', command, { env, stdio: 'ignore' }))
    },
  }
}

function configuration(at: { programs: string; dir: string; fsid: string; monitor: number }): string {
  const lib = join(at.programs, 'usr/lib', `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`)
  return [
    '[global]',
    `fsid = ${at.fsid}`,
    `mon_host = [v2:127.0.0.1:${at.monitor}]`,
    'public_addr = 127.0.0.1',
    `keyring = ${at.dir}/keyring`,
    `mon_data = ${at.dir}/mon`,
    `osd_data = ${at.dir}/osd`,
    `rgw_data = ${at.dir}/rgw`,
    `run_dir = ${at.dir}`,
    `crash_dir = ${at.dir}`,
    'admin_socket =',
    `log_file = ${at.dir}/output`,
    `plugin_dir = ${lib}/ceph`,
    `erasure_code_dir = ${lib}/ceph/erasure-code`,
    `osd_class_dir = ${lib}/rados-classes`,
    'osd_objectstore = memstore',
    'memstore_device_bytes = 1073741824',
    // One store, so one copy and one placement group of everything; and it agrees with itself at once.
    'osd_pool_default_size = 1',
    'osd_pool_default_min_size = 1',
    'osd_pool_default_pg_num = 1',
    'osd_pool_default_pg_autoscale_mode = off',
    'osd_crush_chooseleaf_type = 0',
    'mon_allow_pool_size_one = true',
    'paxos_propose_interval = 0.05',
    '',
  ].join('\n')
}

/** Ceph's form of a key: kind 1, the time it was made, its length and 16 bytes, little-endian. */
function keyring(): string {
  const key = () => {
    const head = Buffer.alloc(12)
    head.writeUInt16LE(1, 0)
    head.writeUInt32LE(Math.floor(Date.now() / 1000), 2)
    head.writeUInt16LE(16, 10)
    return Buffer.concat([head, randomBytes(16)]).toString('base64')
  }
  const entry = (name: string, mon: string) =>
    `[${name}]\n\tkey = ${key()}\n\tcaps mon = "${mon}"\n\tcaps osd = "allow *"\n`
  return entry('mon.', 'allow *') + entry('client.admin', 'allow *') + entry('osd.0', 'allow profile osd')
}

async function answers(endpoint: string, running: readonly ChildProcess[]): Promise<void> {
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end; await delay(LOOK_MS)) {
    if (running.some(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null))
      throw new Error('one of its programs ended')
    const ok = await fetch(endpoint).then(
      ({ status }) => status === 200,
      () => false,
    )
    if (ok) return
  }
  throw new Error('its gateway does not answer')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
