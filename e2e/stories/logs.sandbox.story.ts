// The log of a step in a browser: how soon a line is seen, very many of them, and none lost over reloads and lost networks.
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright/test'
import { asOwner, expect, removeWorkspaces, test } from '#e2e/stage/face.ts'
import { say } from '#e2e/stage/say.ts'
import { delaysOf, logOf, quantile, readLog, scrollFrames, watchDelays } from '#e2e/stage/log.ts'

const LINES = 200_000
const COUNTED = 50

const one = (name: string, cmd: string) =>
  JSON.stringify({ name, on: 'manual', steps: [{ id: 'print', uses: 'shell.exec', with: { cmd } }] })
const TELLS_TIME = one('story-time', 'for n in $(seq 30); do date +%s%3N; sleep 0.15; done')
const FLOODS = one('story-flood', `seq -f 'line %.0f of a step that prints a lot' ${LINES}; exit 3`)
const COUNTS = one('story-counts', `for n in $(seq ${COUNTED}); do echo "line $n"; sleep 0.15; done`)

type Server = Parameters<typeof asOwner>[0]

async function started(server: Server, text: string): Promise<string> {
  const { run } = (await asOwner(server, 'run.start', { text })) as { run: { id: string } }
  return run.id
}

test.afterAll(({ server }) => removeWorkspaces(server))

const head = (page: Page) => page.getByRole('main').locator('.run-facts')
const countedLines = Array.from({ length: COUNTED }, (_, index) => [index + 1, `line ${index + 1}`])

test('a line is on the screen soon after it was printed', async ({ home, server }, info) => {
  const run = await started(server, TELLS_TIME)
  await home.goto(`${server.url}/runs/${run}`)
  await watchDelays(home)
  await expect(head(home)).toContainText('Succeeded', { timeout: 30_000 })
  // The first lines were printed before the page was there.
  const delays = (await delaysOf(home)).slice(10)
  const [median, worst] = [quantile(delays, 0.5), Math.max(...delays)]
  say(info, `a line is seen after ${median} ms, at worst ${worst} ms`)
  expect(delays.length).toBeGreaterThanOrEqual(10)
  expect(median).toBeLessThan(1000)
})

test('200,000 lines scroll, are searched, have addresses, and are downloaded whole', async ({
  home,
  server,
}, info) => {
  const run = await started(server, FLOODS)
  const began = performance.now()
  await home.goto(`${server.url}/runs/${run}`)
  await expect(logOf(home)).toContainText(`line ${LINES} of`, { timeout: 60_000 })
  const arrived = performance.now() - began
  await expect(head(home)).toContainText('Failed')

  const frames = await scrollFrames(home, 60)
  const [median, most, worst] = [quantile(frames, 0.5), quantile(frames, 0.95), Math.max(...frames)]
  say(
    info,
    `${LINES} lines are there after ${Math.round(arrived)} ms; a frame takes ${median.toFixed(0)} ms, ` +
      `95 of 100 at most ${most.toFixed(0)} ms, one ${worst.toFixed(0)} ms`,
  )
  expect(most).toBeLessThan(100)

  await home.getByRole('searchbox', { name: 'Find in the log' }).fill(`LINE ${LINES - 1} OF`)
  await expect(home.getByText('1 line', { exact: true })).toBeVisible()
  await logOf(home)
    .getByText(String(LINES - 1), { exact: true })
    .click()
  await expect(home).toHaveURL(new RegExp(`/runs/${run}/print#L${LINES - 1}$`))
  await expect(home.getByRole('searchbox', { name: 'Find in the log' })).toHaveValue('')
  await expect(logOf(home)).toContainText(`line ${LINES - 5} of`)

  await home.goto('about:blank')
  await home.goto(`${server.url}/runs/${run}/print#L123456`)
  const line = logOf(home).locator('[aria-current]')
  await expect(line).toContainText('line 123456 of', { timeout: 30_000 })
  await expect(line).toBeInViewport()

  const downloading = home.waitForEvent('download')
  await home.getByRole('button', { name: 'Download print.log' }).click()
  const bytes = await readFile(await (await downloading).path(), 'utf8')
  expect(bytes).toBe(
    Array.from({ length: LINES }, (_, n) => `line ${n + 1} of a step that prints a lot\n`).join(''),
  )
})

test('a reload in the middle of a step loses and doubles no line', async ({ home, server }) => {
  const run = await started(server, COUNTS)
  await home.goto(`${server.url}/runs/${run}`)
  await expect(logOf(home)).toContainText('line 5', { timeout: 30_000 })
  await home.reload()
  await expect(logOf(home)).toContainText('line 12', { timeout: 30_000 })
  await expect(head(home)).toContainText('Running')
  await expect(head(home)).toContainText('Succeeded', { timeout: 30_000 })
  await expect(logOf(home)).toContainText(`line ${COUNTED}`)
  expect(await readLog(home)).toEqual(countedLines)
})

test('a network that is away for some seconds loses and doubles no line, and no state', async ({
  home,
  server,
}) => {
  const run = await started(server, COUNTS)
  await home.goto(`${server.url}/runs/${run}`)
  await expect(logOf(home)).toContainText('line 5', { timeout: 30_000 })
  await home.context().setOffline(true)
  await expect(home.locator('.signal-card')).toBeVisible({ timeout: 30_000 })
  // The step goes on, and ends, while nobody can see it.
  await asOwner(server, 'run.get', { run })
  await expect
    .poll(async () => ((await asOwner(server, 'run.get', { run })) as { run: { state: string } }).run.state, {
      timeout: 30_000,
    })
    .toBe('succeeded')
  await expect(head(home)).toContainText('Running')
  await home.context().setOffline(false)
  await expect(head(home)).toContainText('Succeeded', { timeout: 30_000 })
  await expect(logOf(home)).toContainText(`line ${COUNTED}`)
  expect(await readLog(home)).toEqual(countedLines)
})
