// A private registry of npm packages and index of Python packages, behind TLS, on an address of this machine that is not
// loopback: it serves whoever proves who they are, and nobody else. Only tests use it.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { ownAddress } from './test-git-host.ts'
import type { TestCertificate } from './test-certificate.ts'
import { makeWheel } from './test-wheel.ts'

export interface Registry {
  readonly address: string
  readonly port: number
  /** `GET /npm/@acme%2fwidget 200`, as they came. */
  readonly calls: readonly string[]
  close(): Promise<void>
}

export interface RegistryOptions {
  readonly certificate: TestCertificate
  /** The name by which packages are to be fetched. */
  readonly host: string
  /** Bearer for `/npm/`, which has `@acme/widget`; user and password for `/pip/`, which has `acme-tool`. */
  readonly npm: string
  readonly pip: readonly [user: string, password: string]
}

const WHEEL = 'acme_tool-1.0-py3-none-any.whl'

export async function startRegistry({ certificate, host, npm, pip }: RegistryOptions): Promise<Registry> {
  const address = ownAddress()
  const calls: string[] = []
  const widget = await packageOf('@acme/widget', "module.exports = 'a widget of acme'\n")
  const proofs: Record<string, string> = {
    npm: `Bearer ${npm}`,
    pip: `Basic ${Buffer.from(pip.join(':')).toString('base64')}`,
  }
  const files = (port: number): Record<string, [type: string, body: string | Buffer]> => ({
    '/npm/@acme%2fwidget': ['application/json', manifest(widget, `https://${host}:${port}/npm/widget.tgz`)],
    '/npm/widget.tgz': ['application/octet-stream', widget],
    '/pip/simple/acme-tool/': ['text/html', `<a href="/pip/files/${WHEEL}">${WHEEL}</a>`],
    [`/pip/files/${WHEEL}`]: ['application/zip', makeWheel('acme_tool', "what = 'a tool of acme'\n")],
  })
  const server = createServer(certificate, (request, response) => {
    const [, part = ''] = (request.url ?? '').split('/')
    const file = files(request.socket.localPort ?? 0)[request.url ?? '']
    const status = request.headers.authorization === proofs[part] ? (file ? 200 : 404) : 401
    calls.push(`${request.method} ${request.url} ${status}`)
    // What it heard, as some do in a page of an error.
    if (file === undefined || status !== 200)
      return void response.writeHead(status).end(`no: ${String(request.headers.authorization)}`)
    response.writeHead(200, { 'content-type': file[0] }).end(file[1])
  })
  await once(server.listen(0, address), 'listening')
  return {
    address,
    port: (server.address() as AddressInfo).port,
    calls,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** As npm packs it. */
async function packageOf(name: string, source: string): Promise<Buffer> {
  const tar = pack()
  tar.entry({ name: 'package/package.json' }, JSON.stringify({ name, version: '1.0.0' }))
  tar.entry({ name: 'package/index.js' }, source)
  tar.finalize()
  return gzipSync(await buffer(tar))
}

function manifest(tarball: Buffer, address: string): string {
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  const version = { name: '@acme/widget', version: '1.0.0', dist: { tarball: address, integrity } }
  return JSON.stringify({
    name: '@acme/widget',
    'dist-tags': { latest: '1.0.0' },
    versions: { '1.0.0': version },
  })
}
