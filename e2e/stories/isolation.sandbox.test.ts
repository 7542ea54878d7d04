// What a person, or a program that a person runs, can do from inside a workspace: nothing to the host, to the server or
// to another workspace. Drivers have a contract of their own; this is the whole product, through its front door. What is tried
// in every kind of sandbox and as every plan is in e2e/attacks.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '#e2e/stage/client.ts'
import type { Client } from '#e2e/stage/client.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'
import { syscallNumbers } from '#server/fleet/seccomp/numbers.ts'

const SECRET = randomBytes(16).toString('hex')
const MIB = 1_048_576
const root = process.getuid?.() === 0
let server: StagedServer
let client: Client

beforeAll(async () => {
  server = await startServer({ env: { JWT_SECRET: SECRET.repeat(2) } })
  client = await connect(server.url, server.ownerToken)
  await client.call('workspace.create', { name: 'one' })
  await client.call('workspace.create', { name: 'two' })
})
afterAll(async () => {
  await client.close()
  await server.close()
})

interface Ran {
  readonly code: number
  readonly out: string
}

async function run(cmd: string, options: Record<string, unknown> = {}, by = client): Promise<Ran> {
  const answer = await by.call('exec', { workspace: 'one', cmd, ...options })
  if (answer['ok'] !== true) throw new Error(`${cmd}: ${JSON.stringify(answer['error'])}`)
  const events = answer.events as { data: string }[]
  return { code: Number(answer['exitCode']), out: events.map(({ data }) => data).join('') }
}

describe('from inside a workspace', () => {
  it.each([
    ['is not root', 'id -u; id -g', /^10001\n10001\n$/],
    ['belongs to no other group', 'id -G', /^10001\n$/],
    [
      'has no capability',
      'grep ^Cap /proc/self/status | tr -d "0\\t\\n"',
      /^CapInh:CapPrm:CapEff:CapBnd:CapAmb:$/,
    ],
    ['can gain no privilege', 'grep NoNewPrivs /proc/self/status', /:\s+1\n/],
    ['is filtered', 'grep ^Seccomp: /proc/self/status', /:\s+2\n/],
    ['is called sandbox', 'hostname || cat /proc/sys/kernel/hostname', /^sandbox\n$/],
    ['sees two users', 'cut -d: -f1 /etc/passwd', /^root\nagent\n$/],
    [
      'sees its own processes only',
      'cat /proc/[0-9]*/cmdline | tr "\\0" "\\n" | grep -c "[s]erver/main"',
      /^0\n$/,
    ],
    [
      'has one network interface, without an address of the host',
      'tail -n +3 /proc/net/dev | cut -d: -f1',
      /^ *lo\n$/,
    ],
    ['sees no home but its own', 'ls /home', /^agent\n$/],
    [
      'sees no device but the harmless',
      'ls /dev | tr "\\n" " "',
      /^(console )?core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero $/,
    ],
    [
      'sees nothing mounted that could hold a device or a set-user-id',
      'grep -vE " (ro|rw),[^ ]*nosuid" /proc/self/mounts | grep -vc " /dev/" || true',
      /^0\n$/,
    ],
    [
      'finds no secret in any environment',
      `cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n" | grep -cE "CHISPART|JWT|POSTGRES|SECRET"`,
      /^0\n$/,
    ],
    ['has no more open files than told', 'ulimit -Hn', /^4096\n$/],
    ['keeps no core', 'ulimit -Hc', /^0\n$/],
    [
      'has a /tmp with an end',
      'head -c 100M /dev/zero >/tmp/x; stat -c %s /tmp/x; rm /tmp/x',
      /No space left on device\n67108864\n/,
    ],
    [
      'has a /dev/shm with an end',
      'head -c 100M /dev/zero >/dev/shm/x; stat -c %s /dev/shm/x; rm /dev/shm/x',
      /No space left on device\n33554432\n/,
    ],
  ])('a person %s', async (_, cmd, said) => {
    expect((await run(cmd)).out).toMatch(said)
  })

  it.each([
    ['touch /etc/x', /Read-only file system/],
    ['touch /x', /Read-only file system/],
    ['touch /usr/bin/x', /Read-only file system/],
    ['touch /opt/chispart/runtime/main.js', /Read-only file system|Permission denied/],
    ['touch /run/chispart/x', /Read-only file system/],
    ['touch /dev/x', /Read-only file system/],
    ['rm -f /run/chispart/host.sock', /Read-only file system/],
    ['ln -sf /tmp/evil /run/chispart/egress.sock', /Read-only file system/],
    ['echo 1 >/proc/sys/kernel/core_pattern', /Permission denied|Read-only/],
    ['echo b >/proc/sysrq-trigger', /Permission denied|Read-only|No such file/],
    ['head -c1 /proc/kcore', /Permission denied|No such file/],
    ['dmesg', /Operation not permitted/],
    ['cat /etc/shadow', /No such file/],
    ['ls /root', /No such file/],
    ['ls /sys', /No such file/],
    ['ls /var', /No such file/],
    ['ls /run/docker.sock /var/run/docker.sock', /No such file/],
    ['ls /work/.. | grep -x mnt; ls /mnt', /No such file/],
    ['unshare -U true', /Operation not permitted/],
    ['unshare -m true', /Operation not permitted/],
    ['unshare -n true', /Operation not permitted/],
    ['nsenter -t 1 -m true', /Operation not permitted|No such file|Permission denied/],
    ['mount -t tmpfs none /tmp', /Operation not permitted|must be superuser/],
    ['mount --bind / /work/app', /Operation not permitted|must be superuser/],
    ['chroot /work /bin/true', /Operation not permitted/],
    ['mknod /work/null c 1 3', /Operation not permitted/],
    ['chown 0:0 /work', /Operation not permitted|Invalid argument/],
    ['date -s 2000-01-01', /Operation not permitted/],
    ['renice -n -5 $$', /Permission denied/],
    ['ulimit -n 8192', /Operation not permitted|cannot modify limit/],
    ['ulimit -u 100000', /Operation not permitted|cannot modify limit/],
    ['setpriv --reuid 0 true', /Operation not permitted|Invalid argument|not permitted/],
    ['hostname evil', /Operation not permitted|must be root/],
  ])('refuses %s', async (cmd, why) => {
    const { code, out } = await run(`LC_ALL=C; ${cmd}`)
    expect(out).toMatch(why)
    expect(code).not.toBe(0)
  })

  const numbers = syscallNumbers(process.arch === 'arm64' ? 'arm64' : 'x64')
  it.each([0x5412, 0x100005412, 0x541c, 0x5423])(
    'no program types into its terminal or changes its discipline: ioctl %i',
    async (request) => {
      const perl = `$c = "x"; $r = syscall(${numbers.get('ioctl')}, 0, ${request}, $c); print "$r ", $! + 0`
      expect((await run(`perl -e '${perl}'`, { pty: true })).out).toBe('-1 1')
    },
  )

  it('a set-user-id bit gives nothing', async () => {
    const { out } = await run(
      'cp /usr/bin/id /work/i && chmod 6755 /work/i; /work/i -u; su -c id </dev/null; true',
    )
    expect(out).toMatch(/^10001\n/)
    expect(out).not.toContain('uid=0')
  })

  it('the processes of the host are not there to be killed', async () => {
    const pid = server.process.pid ?? 0
    expect((await run(`kill -9 ${pid}`)).out).toMatch(/No such process/)
    expect((await run(`ls -d /proc/${pid}`)).code).not.toBe(0)
    expect((await run('kill -9 1; kill -0 1')).out).toBe('')
    expect(await client.call('workspace.list')).toMatchObject({ ok: true })
  })

  it('neither the data directory nor this project nor a token is to be found', async () => {
    for (const path of [server.dataDir, process.cwd(), '/run/chispart/..', '/proc/1/root/root'])
      expect([path, (await run(`ls ${path} | grep -vx chispart`)).out]).toEqual([
        path,
        expect.stringMatching(/^$|No such file|Permission denied/),
      ])
    const everywhere = `grep -rIslE "${SECRET}|${server.ownerToken}" /proc/[0-9]*/environ /proc/[0-9]*/cmdline /run /tmp /work /home /etc /opt/chispart; true`
    expect((await run(everywhere)).out).toBe('')
  })

  it('the runtime cannot be read or traced by those it serves', async () => {
    const find =
      'for p in /proc/[0-9]*; do grep -qs "[c]hispart/runtime" $p/cmdline && echo ${p#/proc/}; done | sort -n | tail -1'
    const pid = (await run(find)).out.trim()
    expect(pid).toMatch(/^\d+$/)
    for (const name of ['environ', 'mem', 'maps', 'auxv'])
      expect([name, (await run(`head -c1 /proc/${pid}/${name}`)).out]).toEqual([
        name,
        expect.stringMatching(/Permission denied/),
      ])
  })

  it('a program that poses as the runtime is cut off, and the true one goes on', async () => {
    const pose = `
      const net = require('node:net')
      const frame = (text) => { const b = Buffer.alloc(5); b.writeUInt32BE(text.length + 1); return Buffer.concat([b, Buffer.from(text)]) }
      const sent = [
        frame(JSON.stringify({ hello: { token: 'x'.repeat(43), version: '1', pid: 1 } })),
        Buffer.from([0xff, 0xff, 0xff, 0xff, 0]),
        frame('not json'),
        frame('{"id":"1","ok":true}'),
      ]
      for (const bytes of sent) {
        const link = net.connect('/run/chispart/host.sock', () => link.write(bytes))
        link.on('error', () => {})
        link.once('close', () => console.log('cut'))
      }`
    await client.call('file.write', { workspace: 'one', path: '/work/pose.cjs', content: pose })
    expect((await run('/opt/chispart/bin/node /work/pose.cjs')).out).toBe('cut\n'.repeat(4))
    expect((await run('echo alive')).out).toBe('alive\n')
  })

  it("the server's own port is not reached", async () => {
    const { port } = new URL(server.url)
    expect((await run(`exec 3<>/dev/tcp/127.0.0.1/${port}`)).out).toMatch(/Connection refused/)
  })
})

describe('two workspaces', () => {
  const inTwo = { workspace: 'two' }

  it('do not see one another: files, processes, temporary files, shared memory, sockets', async () => {
    await run('echo mine >/work/mine; chmod -R a+rwX /work; echo t >/tmp/mine; echo s >/dev/shm/mine')
    const serve = "require('net').createServer().listen('\\0shared')"
    const listening = run(`/opt/chispart/bin/node -e "${serve}"; true`)
    await expect.poll(async () => (await run('grep -c @shared /proc/net/unix')).out).toBe('1\n')
    expect(
      (await run('ls /work/mine /tmp/mine /dev/shm/mine 2>&1 | grep -c "No such file"', inTwo)).out,
    ).toBe('3\n')
    expect((await run('grep -c @shared /proc/net/unix', inTwo)).out).toBe('0\n')
    expect((await run('pgrep -c -f "[s]hared"')).out).not.toBe('0\n')
    expect((await run('pgrep -c -f "[s]hared"', inTwo)).out).toBe('0\n')
    expect((await run('ipcmk -M 4096 -p 0666')).code).toBe(0)
    expect((await run('ipcs -m | grep -c 0x', inTwo)).out).toBe('0\n')
    await run('pkill -f "[s]hared"')
    await listening
  })
})

describe('a workspace that goes mad', () => {
  it(
    'with no process left says so to who wants another, and its runtime lives on',
    { timeout: 120_000 },
    async () => {
      const two = { workspace: 'two' }
      const before = (await run('echo $PPID', two)).out
      // Whoever lets a process go loses it to this one.
      const greedy =
        "perl -e 'while (1) { $pid = fork; select undef, undef, undef, 0.001 if !defined $pid; sleep 60 if defined $pid && !$pid }'"
      const full = client.ask(JSON.stringify({ id: 'greedy', op: 'exec', ...two, cmd: greedy }))
      const refused = async () => codeOf(await client.call('exec', { ...two, cmd: 'true; true' }))
      await expect.poll(refused, { timeout: 45_000 }).toBe('exhausted')
      expect(codeOf(await client.call('pty.open', { ...two }))).toBe('exhausted')
      expect(codeOf(await client.call('exec', { ...two, cmd: 'true', pty: true }))).toBe('exhausted')
      client.send({ cancel: 'greedy' })
      expect(codeOf(await full)).toBe('cancelled')
      expect((await run('echo $PPID', two)).out).toBe(before)
    },
  )

  it('with a memory hog has the hog killed and told so, and goes on', { timeout: 180_000 }, async () => {
    const hog = await run(`perl -e '$kept[$_] = "x" x (1 << 28) for 1 .. 40'; echo "status $?"`)
    // By its group, or, where a server may make none, by the limit of each process.
    expect(hog.out).toMatch(/Killed.*status 137|Out of memory/s)
    expect((await run('echo alive')).out).toBe('alive\n')
  })

  it.runIf(root)('that fills its disk is told so, and goes on', async () => {
    const { out } = await run(
      'fallocate -l 20G /work/big; df --output=avail -B1 /work | tail -1; rm -f /work/big',
    )
    expect(out).toMatch(/No space left on device/)
    expect(Number(out.trim().split('\n').at(-1))).toBeLessThan(10 * 1024 * MIB)
    expect(await client.call('file.write', { workspace: 'one', path: 'after', content: 'x' })).toMatchObject({
      ok: true,
    })
  })
})

function codeOf(answer: Record<string, unknown>): string {
  return (answer['error'] as { code: string } | undefined)?.code ?? 'ok'
}
