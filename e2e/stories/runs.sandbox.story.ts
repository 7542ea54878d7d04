// Runs in a browser: the demo without keys, a step that failed as a live terminal, an approval, a stop, a server that dies.
import type { Page } from 'playwright/test'
import { asOwner, expect, goTo, overflow, removeWorkspaces, test, violations } from '#e2e/stage/face.ts'

const FAILS = `name: story-fails
on: manual
steps:
  - { id: build, uses: shell.exec, with: { cmd: 'printf "\\033[31mbroken\\033[0m by design\\n"; touch was-here; exit 3' } }
  - { id: ship, uses: shell.exec, with: { cmd: 'true' } }
`
const MENDS = `name: story-mends
on: manual
steps:
  - { id: build, uses: shell.exec, with: { cmd: 'test ! -e built && echo -n built > built' } }
  - { id: check, uses: shell.exec, with: { cmd: 'test -e mended' } }
  - { id: ship, uses: shell.exec, with: { cmd: 'echo $(cat built) and mended' } }
`
const ASKS = `name: story-asks
on: manual
steps:
  - { id: ask, approval: { message: 'Ship it?' } }
  - { id: ship, uses: shell.exec, with: { cmd: 'echo shipped' } }
`
const LONG = `name: story-long
on: manual
steps:
  - { id: wait, uses: shell.exec, with: { cmd: 'echo begun; sleep 600' } }
`

const NOSY = `name: story-nosy
on: manual
steps:
  - { id: ask, uses: shell.exec, with: { cmd: "exec 3<>/dev/tcp/127.0.0.1/3128; printf 'CONNECT off-the-list.test:443 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&3; cat <&3" } }
  - { id: ok, uses: shell.exec, with: { cmd: 'npm view is-odd@3.0.1 name' } }
`

type Server = Parameters<typeof asOwner>[0]

async function started(server: Server, text: string): Promise<string> {
  const { run } = (await asOwner(server, 'run.start', { text })) as { run: { id: string } }
  return run.id
}

// What failed keeps its workspace for a person.
test.afterAll(({ server }) => removeWorkspaces(server))

const head = (page: Page) => page.getByRole('main').locator('.run-facts')

test('the demo needs no keys, ends green, and shows what it printed', async ({ home }) => {
  await home.getByRole('button', { name: /Run the demo/ }).click()
  await expect(home).toHaveURL(/\/runs\/r[0-9a-f]+/)
  await expect(head(home)).toContainText('Succeeded', { timeout: 30_000 })
  await expect(home.getByRole('list', { name: 'Log' })).toContainText('Hello from Chispart')
  await goTo(home, 'Runs')
  await expect(home.getByRole('link', { name: /of hello/ }).first()).toBeVisible()
  await home.goBack()
  await expect(head(home)).toContainText('Succeeded')
})

test('what the network list blocked says which step asked, and the rule that would allow it', async ({
  home,
  server,
}) => {
  const run = await started(server, NOSY)
  await home.goto(`${server.url}/runs/${run}`)
  const network = home.getByRole('region', { name: 'Network' })
  await expect(network).toContainText('Blocked: off-the-list.test:443 · asked by ask')
  await expect(network).toContainText('the operator adds this under “allow”')
  await expect(head(home)).toContainText('Succeeded', { timeout: 30_000 })
  await network.getByText('Let out: 1').click()
  await expect(network).toContainText('asked by ok')
  expect(await violations(home)).toEqual([])
  expect(await overflow(home)).toBe(0)
  await home.reload()
  await expect(network).toContainText('asked by ask')
})

test('a step that failed is a live terminal, and can be run again', async ({ home, server }) => {
  const run = await started(server, FAILS)
  await home.goto(`${server.url}/runs/${run}`)
  await expect(head(home)).toContainText('Failed', { timeout: 30_000 })
  await expect(home.getByRole('list', { name: 'Log' }).locator('.fg1')).toHaveText('broken')
  await expect(home.getByRole('navigation', { name: 'Steps' })).toContainText('Skipped')
  await home.getByRole('button', { name: 'Open a terminal here' }).click()
  await expect(home).toHaveURL(/\/w\/run-story-fails-\d+\/t/)
  await expect(home.getByRole('textbox', { name: 'Terminal' })).toBeFocused()
  await home.goto(`${server.url}/runs/${run}`)
  await home.getByRole('button', { name: 'Only what failed' }).click()
  await expect(home).not.toHaveURL(new RegExp(run))
  await expect(head(home)).toContainText('started again')
  await expect(head(home)).toContainText('Failed', { timeout: 30_000 })
})

test('a step that failed is mended by hand, and the run goes on from there', async ({ home, server }) => {
  const run = await started(server, MENDS)
  await home.goto(`${server.url}/runs/${run}`)
  await expect(head(home)).toContainText('Failed', { timeout: 30_000 })
  const { run: failed } = (await asOwner(server, 'run.get', { run })) as { run: { workspace: string } }
  const { workspaces } = (await asOwner(server, 'workspace.list')) as { workspaces: { name: string }[] }
  expect(workspaces.find(({ name }) => name === failed.workspace)).toMatchObject({ ofRun: true })
  await asOwner(server, 'exec', { workspace: failed.workspace, cmd: 'touch mended' })
  await home.getByRole('button', { name: 'Continue from here' }).click()
  await expect(home).not.toHaveURL(new RegExp(run))
  await expect(head(home)).toContainText('Succeeded', { timeout: 30_000 })
  await home.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: 'ship' }).click()
  await expect(home.getByRole('list', { name: 'Log' })).toHaveText(/built and mended/)
  // What the person mended is theirs: it is there, and the first step was not done again.
  await home.getByRole('button', { name: 'Open a terminal here' }).click()
  await expect(home.getByRole('textbox', { name: 'Terminal' })).toBeFocused()
})

test('an approval waits on Home, and the run goes on with a yes', async ({ home, server }) => {
  await started(server, ASKS)
  await home.getByRole('link', { name: /of story-asks/ }).click({ timeout: 30_000 })
  await expect(home.getByText('Ship it?')).toBeVisible()
  await home.getByLabel('Comment (optional)').fill('looks right')
  await home.getByRole('button', { name: 'Approve' }).click()
  await expect(head(home)).toContainText('Succeeded', { timeout: 30_000 })
})

test('the way to runs says how many approvals wait, live, and until they are given', async ({
  home,
  server,
}) => {
  const badge = home.getByRole('navigation', { name: 'Chispart' }).locator('.nav-badge')
  await expect(badge).toHaveCount(0)
  const first = await started(server, ASKS)
  await expect(badge).toHaveText('11 waiting for you', { timeout: 30_000 })
  const both = ASKS.replace(
    '  - { id: ship',
    "  - { id: also, needs: [], approval: { message: 'Sure?' } }\n  - { id: ship",
  )
  const second = await started(server, both)
  await expect(badge).toHaveText('33 waiting for you', { timeout: 30_000 })
  await expect(badge).toBeInViewport()
  await asOwner(server, 'run.cancel', { run: second })
  await expect(badge).toHaveText('11 waiting for you')
  await home.goto(`${server.url}/runs/${first}`)
  await home.getByRole('button', { name: 'Refuse' }).click()
  await expect(badge).toHaveCount(0)
})

test('a run is stopped after a question, and what another client does is seen at once', async ({
  home,
  server,
}) => {
  const run = await started(server, LONG)
  await home.goto(`${server.url}/runs/${run}`)
  await expect(home.getByRole('list', { name: 'Log' })).toContainText('begun', { timeout: 30_000 })
  await home.getByRole('button', { name: 'Stop' }).click()
  await home.getByRole('alertdialog').getByRole('button', { name: 'Stop' }).click()
  await expect(head(home)).toContainText('Cancelled')
  const other = await started(server, LONG)
  await home.goto(`${server.url}/runs/${other}`)
  await expect(head(home)).toContainText('Running', { timeout: 30_000 })
  await asOwner(server, 'run.cancel', { run: other })
  await expect(head(home)).toContainText('Cancelled')
})

for (const scheme of ['light', 'dark'] as const)
  test(`axe finds nothing on runs, and nothing is cut off at 320 pixels (${scheme})`, async ({
    home,
    server,
  }) => {
    await home.emulateMedia({ colorScheme: scheme })
    const run = await started(server, FAILS)
    await home.goto(`${server.url}/runs/${run}`)
    await expect(head(home)).toContainText('Failed', { timeout: 30_000 })
    await expect(home.getByRole('list', { name: 'Log' })).toContainText('broken')
    expect(await violations(home)).toEqual([])
    await home.setViewportSize({ width: 320, height: 640 })
    expect(await overflow(home)).toBeLessThanOrEqual(0)
    await home.goto(`${server.url}/runs`)
    await expect(home.getByRole('link', { name: /of story-fails/ }).first()).toBeVisible()
    expect(await violations(home)).toEqual([])
    expect(await overflow(home)).toBeLessThanOrEqual(0)
  })
