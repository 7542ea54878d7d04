import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashSecret } from '#server/auth/secret.ts'
import type { AuditEvent } from '#server/events/audit.ts'
import { bubblewrapDriver } from '#server/fleet/drivers/bubblewrap/driver.ts'
import type { Driver } from '#server/fleet/driver.ts'
import { createHub } from '#server/fleet/hub.ts'
import type { RuntimeLink } from '#server/fleet/link.ts'
import { createMux } from '#server/fleet/mux.ts'
import type { CredentialUse } from '#server/vault/credentials.ts'
import { openAuthority } from './authority.ts'
import { machineFiles, machineHosts, trustedBy } from './inside.ts'
import { createKeyedHosts } from './keyed-hosts.ts'
import { egressRules, loadEgressList } from './list.ts'
import { readMachine } from './machine.ts'
import { createEgress } from './proxy.ts'
import type { Egress } from './proxy.ts'
import { systemLookup } from './resolver.ts'
import { makeCertificate } from './test-certificate.ts'
import { makeRepository, startGitHost } from './test-git-host.ts'
import type { GitHost } from './test-git-host.ts'
import { startRegistry } from './test-registry.ts'
import type { Registry } from './test-registry.ts'
import { makeWheel } from './test-wheel.ts'

const ID = 'egress'
const TOKEN = 'a-token-of-the-egress-test-0123456789'
const LIMITS = { diskBytes: 268_435_456, memoryBytes: 1_073_741_824, pids: 256, cpus: 2 }
/** Names that nobody but this test knows; all others are the system's. */
const NAMES: Record<string, readonly string[]> = {
  'private.test': ['10.0.0.1'],
  'metadata.test': ['169.254.169.254'],
  'mixed.test': ['93.184.215.14', '127.0.0.1'],
}

const events: AuditEvent[] = []
/** Of a private registry, which nobody inside may see. */
const NPM_TOKEN = 'npm_a-token-of-the-registry-0123456789'
const PIP = ['ci', 'a-password-of-the-index-0123456789'] as const
let folder = ''
let host: GitHost
let registry: Registry
let driver: Driver
let egress: Egress
let link: RuntimeLink

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'egress-'))
  const certificate = makeCertificate('git.test', 'pypi.test', 'acme.test')
  makeRepository(folder, 'project.git', { 'hello.txt': 'hello from the repository\n' })
  const wheel = 'tiny_chispart-1.0-py3-none-any.whl'
  host = await startGitHost(folder, certificate, {
    '/simple/tiny-chispart/': `<a href="/${wheel}">${wheel}</a>`,
    [`/${wheel}`]: makeWheel('tiny_chispart', 'answer = 42\n'),
  })
  registry = await startRegistry({ certificate, host: 'acme.test', npm: NPM_TOKEN, pip: PIP })
  NAMES['git.test'] = NAMES['pypi.test'] = NAMES['acme.test'] = [host.address]
  await start(certificate.cert)
})
afterAll(async () => {
  await driver.remove(ID)
  await egress.close()
  await driver.close()
  await host.close()
  await registry.close()
  await rm(folder, { recursive: true })
})

/** What the server puts together, with a resolver that knows the names above. */
async function start(certificate: string): Promise<void> {
  const list = join(folder, 'egress.json')
  const allow = ['npm', 'pypi', 'private.test', 'metadata.test', 'mixed.test']
  await writeFile(
    list,
    JSON.stringify({ allow, trusted: [`git.test:${host.port}`, `acme.test:${registry.port}`] }),
  )
  await writeFile(join(folder, 'authority.pem'), certificate)
  const machine = await readMachine({
    ...process.env,
    CURL_CA_BUNDLE: join(folder, 'authority.pem'),
    PIP_INDEX_URL: `https://me:a-password-of-mine@pypi.test:${host.port}/simple`,
  })
  const rules = egressRules(loadEgressList(list, 'config/egress-groups.json'), machineHosts(machine))
  const log = pino({ level: 'silent' })
  const authority = await openAuthority(folder)
  egress = createEgress({
    keyed: createKeyedHosts({
      credentials: credentials(),
      authority: authority,
      trusted: trustedBy(machine),
    }),
    rules: () => Promise.resolve(rules),
    audit: { record: (event) => void events.push(event) },
    log,
    resolve: async (name) => NAMES[name] ?? systemLookup(name),
  })
  const hub = createHub(createMux(), log)
  driver = bubblewrapDriver({
    dataDir: join(folder, 'data'),
    runtimeDir: resolve('dist/runtime'),
    nodeBinary: process.execPath,
    etc: () => Promise.resolve(machineFiles(machine, authority.cert)),
    exits: { link: hub.accept, egress: egress.accept },
    log: () => undefined,
  })
  hub.expect(ID, hashSecret(TOKEN))
  await driver.start({ id: ID, token: TOKEN, limits: LIMITS })
  link = await hub.link(ID, 15_000)
}

/** Of that registry, for the one workspace. */
function credentials(): CredentialUse {
  const at = `acme.test:${registry.port}`
  const about = (path: string) => ({ address: `https://${at}${path}`, path, write: false })
  const all = [
    { ...about('/npm/'), secret: NPM_TOKEN, username: null },
    { ...about('/pip/'), secret: PIP[1], username: PIP[0] },
  ]
  const find = (workspace: string, host: string) => (workspace === ID && host === at ? all : [])
  return {
    find: (workspace, host) => Promise.resolve(find(workspace, host)),
  }
}

/** What a person's shell says inside, both outputs together. */
async function shell(cmd: string): Promise<{ code: unknown; out: string }> {
  let out = ''
  const { exitCode } = await link.call({
    op: 'exec',
    input: { cmd, cwd: '..' },
    grant: { plan: 'libre', commands: ['*'], terminals: false },
    streams: [],
    signal: AbortSignal.timeout(60_000),
    emit: (event) => Promise.resolve(void (out += (event as { data: string }).data)),
  })
  return { code: exitCode, out }
}

const recorded = (target: string) => events.filter((event) => event.target === target)

/** The proxy's whole answer to one request, asked by the shell alone. */
async function ask(request: string): Promise<string> {
  const text = request.replaceAll('\r\n', '\\r\\n')
  return (await shell(`exec 3<>/dev/tcp/127.0.0.1/3128; printf '${text}' >&3; timeout 10 cat <&3`)).out
}

const hasCurl = spawnSync('curl', ['--version']).status === 0

describe('a program in a sandbox', () => {
  it.each([
    ['off-the-list.test', 'host', 'The rule "off-the-list.test" in the egress configuration would allow it.'],
    ['93.184.215.14', 'address', 'only names can be allowed'],
    ['[::ffff:10.0.0.1]', 'address', 'only names can be allowed'],
    ['169.254.169.254', 'address', 'only names can be allowed'],
    ['private.test', 'not-public', 'Name "private.test" under "trusted"'],
    ['metadata.test', 'not-public', 'not public'],
    ['mixed.test', 'not-public', 'not public'],
  ])('that asks for %s hears why not, with TLS and without', async (host, reason, sentence) => {
    const plain = await ask(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    const tunnel = await ask(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`)
    for (const answer of [plain, tunnel]) {
      expect(answer).toMatch(/^HTTP\/1\.1 403 /)
      expect(answer).toContain(`X-Chispart-Egress: denied; reason=${reason}`)
      expect(answer).toContain(sentence)
    }
    const refused = {
      workspace: ID,
      outcome: 'denied',
      reason: expect.stringContaining(`${reason}: `) as string,
    }
    expect(recorded(`${host}:80`)).toMatchObject([{ action: 'egress.http', ...refused }])
    expect(recorded(`${host}:443`)).toMatchObject([{ action: 'egress.connect', ...refused }])
  })

  it.skipIf(!hasCurl)('sees the refusal in curl', async () => {
    const { code, out } = await shell('curl --silent --show-error https://off-the-list.test/')
    expect([code, out]).toEqual([56, expect.stringContaining('response 403')])
  })

  it.each([
    ['an address', 'exec 3<>/dev/tcp/1.1.1.1/80'],
    ['the metadata service', 'exec 3<>/dev/tcp/169.254.169.254/80'],
    ['IPv6', 'exec 3<>/dev/tcp/2606:4700::1111/80'],
    ['a name', 'getent hosts npm.example'],
    ['UDP', 'exec 3<>/dev/udp/1.1.1.1/53 && echo x >&3'],
    ['the protocol of git', 'git clone git://git.test/project.git a'],
  ])('does not get out by %s without the proxy', async (_, command) => {
    expect((await shell(`timeout 5 bash -c '${command}'`)).code).toBeOneOf([1, 2, 128])
  })

  it('finds only TLS for that name in a tunnel to it', async () => {
    const at = `git.test:${host.port}`
    const answer = await ask(`CONNECT ${at} HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n`)
    expect(answer).toBe('HTTP/1.1 200 Connection established\r\n\r\n')
    const fronted = `require("tls").connect({ socket: s, servername: "other.test" }).on("error", (e) => console.log(e.message))`
    const connect = `require("http").request({ port: 3128, method: "CONNECT", path: "${at}" }).on("connect", (r, s) => ${fronted}).end()`
    expect((await shell(`node -e '${connect}'`)).out).toMatch(/alert access denied/)
    expect(recorded(at).map(({ reason }) => reason?.split(':')[0])).toEqual(['tls', 'sni'])
  })

  it('clones over HTTPS, and pushes back', async () => {
    events.length = 0
    const url = `https://git.test:${host.port}/project.git`
    const clone = await shell(`git clone --quiet ${url} project && cat project/hello.txt`)
    expect(clone).toEqual({ code: 0, out: 'hello from the repository\n' })
    const who = '-c user.name=a -c user.email=a@example.org'
    const push = await shell(
      `cd project && head -c 3000000 /dev/urandom > big && git add big && git ${who} commit --quiet -m second && git push --quiet && git ls-remote origin main && git rev-parse HEAD`,
    )
    expect(push.code).toBe(0)
    const [remote, local] = push.out.trim().split('\n')
    expect(remote).toBe(`${local}\trefs/heads/main`)
    const rule = `git.test:${host.port}`
    const allowed = events.filter(({ action }) => action === 'egress.connect')
    expect(allowed.every((event) => event.outcome === 'ok' && event.rule === rule)).toBe(true)
    const sent = events.map((event) => event.sent ?? 0)
    expect(Math.max(...sent)).toBeGreaterThan(3_000_000)
  })

  it.each([
    ['curl', (url: string) => `curl --silent --show-error ${url}`],
    ['fetch of Node', (url: string) => `node -e 'fetch("${url}").then((r) => r.text()).then(console.log)'`],
    [
      'urllib of Python',
      (url: string) => `python3 -c 'from urllib.request import *; print(urlopen("${url}").read().decode())'`,
    ],
  ])('reads by %s without any setting', async (tool, command) => {
    const program = tool === 'curl' ? 'curl' : tool.startsWith('fetch') ? 'node' : 'python3'
    const { code, out } = await shell(command(`https://git.test:${host.port}/project.git/HEAD`))
    if (code === 127) return expect(out).toContain(program)
    expect([code, out.trim()]).toEqual([0, 'ref: refs/heads/main'])
  })

  it('installs from this machine’s own registry', async () => {
    await shell(
      `mkdir tiny && cd tiny && echo '{"name":"tiny","dependencies":{"is-odd":"3.0.1"}}' > package.json`,
    )
    const lock = await shell('cd tiny && npm install --package-lock-only')
    expect(lock).toMatchObject({ code: 0 })
    const { code, out } = await shell(`cd tiny && npm ci && node -p 'require("is-odd")(7)'`)
    expect([code, out.trim().endsWith('true')]).toEqual([0, true])
  })

  it('installs from this machine’s own index of Python packages', async ({ skip }) => {
    skip((await shell('python3 -m pip --version')).code !== 0, 'there is no pip on this machine')
    const install = 'python3 -m pip install --quiet tiny-chispart'
    const { code, out } = await shell(
      `${install} && python3 -c 'import tiny_chispart; print(tiny_chispart.answer)'`,
    )
    expect([code, out]).toEqual([0, '42\n'])
    expect(recorded(`pypi.test:${host.port}`)).toContainEqual(expect.objectContaining({ outcome: 'ok' }))
  })

  it('installs from a private registry, as the project’s own files say, whose token is not inside', async () => {
    const at = `https://acme.test:${registry.port}`
    const files = [
      `echo '@acme:registry=${at}/npm/' > .npmrc`,
      `echo '{"name":"own","dependencies":{"@acme/widget":"1.0.0"}}' > package.json`,
    ]
    const made = await shell(
      `mkdir own && cd own && ${files.join(' && ')} && npm install --package-lock-only && cat package-lock.json`,
    )
    // As it is everywhere else: the lock file is good on other machines too.
    expect(made.out).toContain(`"resolved": "${at}/npm/widget.tgz"`)
    const { code, out } = await shell(`cd own && npm ci && node -p 'require("@acme/widget")'`)
    expect([code, out.trim().split('\n').at(-1)]).toEqual([0, 'a widget of acme'])
    expect(registry.calls.every((call) => call.endsWith(' 200'))).toBe(true)
    const { out: page } = await shell(
      `node -e 'fetch("${at}/npm/nothing").then((r) => r.text()).then(console.log, () => console.log("cut"))'`,
    )
    expect(page).toBe('cut\n')
    await expectNothingOf(NPM_TOKEN)
  })

  it('installs from a private index of Python packages', async ({ skip }) => {
    skip((await shell('python3 -m pip --version')).code !== 0, 'there is no pip on this machine')
    const index = `https://acme.test:${registry.port}/pip/simple`
    const install = `python3 -m pip install --quiet --index-url ${index} acme-tool`
    const { code, out } = await shell(`${install} && python3 -c 'import acme_tool; print(acme_tool.what)'`)
    expect([code, out]).toEqual([0, 'a tool of acme\n'])
    await expectNothingOf(PIP[1])
  })

  /** Neither inside nor in what is recorded of it. */
  async function expectNothingOf(secret: string): Promise<void> {
    const look = `grep -rsalE '${secret.slice(0, 9)}[${secret[9]}]${secret.slice(10)}' /work /home /tmp /etc /proc/[0-9]*/environ /proc/[0-9]*/cmdline`
    expect((await shell(look)).out).toBe('')
    expect(JSON.stringify(events)).not.toContain(secret)
  }

  it('commits without any setting, by a name whose mail reaches nobody', async () => {
    const { code, out } = await shell(
      `git init --quiet fresh && cd fresh && git commit --quiet --allow-empty -m first && git log --format='%an %ae'`,
    )
    expect([code, out]).toEqual([0, 'Chispart chispart@sandbox.invalid\n'])
  })

  it('finds no credential of this machine', async () => {
    const { out } = await shell('cat /etc/npmrc /etc/pip.conf /etc/gitconfig /etc/chispart/ca.pem; env')
    expect(out).toContain(`index-url = https://pypi.test:${host.port}/simple\n`)
    expect(out).not.toMatch(/a-password-of-mine|PRIVATE KEY|_auth|:\/\/[^/\s]*@/)
  })
})
