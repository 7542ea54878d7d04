// `chispart pair`: makes this machine a device of a server, or invites another one by a code and a QR code.
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { renderUnicodeCompact } from 'uqr'
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { deviceList } from '#dsl/ops/device/list.ts'
import { deviceKind } from '#dsl/ops/pair/fields.ts'
import { pairConfirm } from '#dsl/ops/pair/confirm.ts'
import { pairInit } from '#dsl/ops/pair/init.ts'
import { askYes, canAsk } from '#cli/ask.ts'
import type { Config } from '#cli/config.ts'
import type { Globals } from '#cli/derive.ts'
import { newEndpoint } from '#cli/endpoint.ts'
import type { Endpoint } from '#cli/endpoint.ts'
import type { Link } from '#cli/link.ts'
import { printLine, printNote } from '#cli/print.ts'
import { callPublic, endpointOf, withLink } from '#cli/session.ts'
import { rememberProfile } from '#cli/state.ts'

const LOOK_MS = 1000
const NAME_MAX = 64
const Waiting = z.object({ device: z.object({ name: z.string() }) })
type Device = z.output<typeof deviceList.output>['devices'][number]
type Invitation = z.output<typeof pairInit.output>

export function pairCommand(config: Config): Command {
  const command = new Command('pair')
  return command
    .description('Make this machine a device of a server, by the code that a signed-in person shows')
    .usage('[options] <code>')
    .argument('<code>', 'Six digits, from the web app or `chispart pair init`')
    .option('--name <text>', "What the person sees before allowing it; this machine's name when left out")
    .addHelpText('after', '\nThe server is that of --url or CHISPART_URL; http://localhost:3000 otherwise.')
    .action(async (code: string) => {
      const options = command.optsWithGlobals<Globals & { name?: string }>()
      const endpoint = newEndpoint(options, config)
      const { name = hostname().slice(0, NAME_MAX) } = options
      await join(endpoint, { code: code.replace(/\D/g, ''), name }, options, config)
    })
    .addCommand(initCommand(config))
}

async function join(
  endpoint: Endpoint,
  request: { code: string; name: string },
  { json }: Globals,
  config: Config,
): Promise<void> {
  const input = { ...request, device: 'cli' }
  const answer = await callPublic(pairConfirm, input, endpoint, (event) => {
    const { device } = Waiting.parse(event)
    printNote(`Allow "${device.name}" on the device that showed the code …`)
  })
  const { token, device } = pairConfirm.output.parse(answer)
  rememberProfile(config.stateDir, { url: endpoint.url, token, device: device.id })
  if (json) return printLine(JSON.stringify({ url: endpoint.url, device }))
  printLine(`This machine is now the device "${device.name}" of ${endpoint.url}.`)
  printLine(`Commands go there from here on. To end it: chispart device revoke ${device.id}`)
}

interface InitOptions extends Globals {
  readonly device: string
  readonly wait: boolean
}

function initCommand(config: Config): Command {
  const command = new Command('init')
  return command
    .description(pairInit.summary)
    .addOption(
      new Option('--device <kind>', 'What kind of device').choices(deviceKind().options).default('web'),
    )
    .option('--no-wait', 'Do not stay to answer the device; answer with: chispart device approve')
    .action(async () => {
      const options = command.optsWithGlobals<InitOptions>()
      await withLink(endpointOf(options, config, 'control'), (link) => invite(link, options, config))
    })
}

async function invite(link: Link, { device, wait, json }: InitOptions, config: Config): Promise<void> {
  const before = await devices(link)
  const answer = await link.call(pairInit.name, { device, nonce: randomUUID() }).answer
  if (json) return printLine(JSON.stringify(answer))
  const invitation = pairInit.output.parse(answer)
  show(invitation, config.color)
  if (!wait || !canAsk()) return
  printNote('Waiting for the device … Ctrl-C stops waiting.')
  const known = new Set(before.map(({ id }) => id))
  await answerNext(link, known, Date.parse(invitation.expiresAt))
}

function show({ code, url, expiresAt }: Invitation, color: boolean): void {
  const minutes = Math.round((Date.parse(expiresAt) - Date.now()) / 60_000)
  printLine(`Code: ${code}   (for one device, ${minutes} minutes)`)
  printLine(`Open ${url} there, scan this, or run: chispart pair ${code} --url ${new URL(url).origin}`)
  const picture = renderUnicodeCompact(url, { border: 2 })
  // Light modules are drawn: with fixed colours it is dark on light in every theme, as scanners want it.
  for (const row of picture.split('\n')) printLine(color ? `\x1b[97;40m${row}\x1b[0m` : row)
}

async function answerNext(link: Link, known: ReadonlySet<string>, until: number): Promise<void> {
  while (Date.now() < until) {
    const asks = (await devices(link)).find(({ id, state }) => state === 'pending' && !known.has(id))
    if (asks !== undefined) return answer(link, asks)
    await pause(LOOK_MS)
  }
  throw new Fault('timed_out', 'No device came. Invite again.')
}

async function answer(link: Link, { id, name, kind }: Device): Promise<void> {
  const allow = await askYes(`Allow "${name}" (${kind}) to act as you?`)
  await link.call('device.approve', { device: id, allow }).answer
  printLine(allow ? `"${name}" is your device now.` : `"${name}" was refused.`)
}

async function devices(link: Link): Promise<Device[]> {
  return deviceList.output.parse(await link.call(deviceList.name, {}).answer).devices
}
