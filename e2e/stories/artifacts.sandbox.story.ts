// What a step left behind, in a browser: pictures, reports and texts are shown in place, and nothing in them ever runs.
import type { Page } from 'playwright/test'
import { asOwner, expect, overflow, removeWorkspaces, test, violations } from '#e2e/stage/face.ts'

const EVIL = 'globalThis.pwned = 1'
const DRAWING = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" onload="${EVIL}">
<script>${EVIL}</script><rect width="40" height="30" fill="#ad520b"/></svg>`
const NOTES = `# What changed

A **bold** word, <script>${EVIL}</script> and <img src=x onerror="${EVIL}">.

- [the web](https://example.org/a)
- [a trap](javascript:${EVIL.replaceAll(' ', '')})
`
const TESTS = `<testsuite><testcase name="adds"/><testcase name="later"><skipped/></testcase>
<testcase name="divides" file="test/calc.test.js" line="12"><failure message="&lt;b&gt;expected 2&lt;/b&gt;"/></testcase></testsuite>`
const SARIF = JSON.stringify({
  version: '2.1.0',
  runs: [
    {
      results: [
        {
          ruleId: 'no-eval',
          level: 'error',
          message: { text: `<script>${EVIL}</script>` },
          locations: [
            { physicalLocation: { artifactLocation: { uri: 'src/a.ts' }, region: { startLine: 3 } } },
          ],
        },
      ],
    },
  ],
})
/** One red pixel. */
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
const FILES: Readonly<Record<string, string>> = {
  'drawing.svg': DRAWING,
  'notes.md': NOTES,
  'junit.xml': TESTS,
  'found.sarif': SARIF,
  'data.json': JSON.stringify({ deep: { list: [1, 2] } }),
  'plain.txt': `<script>${EVIL}</script>`,
  'page.html': `<script>${EVIL}</script>`,
  'page.xml': `<html xmlns="http://www.w3.org/1999/xhtml"><script>${EVIL}</script></html>`,
}

function leaves(): string {
  const write = (name: string, base64: string) => `echo ${base64} | base64 -d > out/${name}`
  const texts = Object.entries(FILES).map(([name, text]) => write(name, Buffer.from(text).toString('base64')))
  const cmd = ['mkdir out', ...texts, write('dot.png', PICTURE)].join(' && ')
  const step = { id: 'leave', uses: 'shell.exec', with: { cmd }, artifacts: [{ path: 'out/*' }] }
  return JSON.stringify({ name: 'story-leaves', on: 'manual', steps: [step] })
}

test.afterAll(({ server }) => removeWorkspaces(server))

const shown = (page: Page, name: string) => page.getByRole('region', { name: `out/${name}` })
async function show(page: Page, name: string) {
  await page.getByRole('button', { name: `Show out/${name}` }).click()
  await expect(shown(page, name)).toBeVisible()
  return shown(page, name)
}

test('artifacts are shown in place, and nothing in them runs', async ({ home, server }) => {
  const refused: string[] = []
  home.on('console', (message) => void (message.type() === 'error' && refused.push(message.text())))
  home.on('dialog', () => refused.push('a dialog'))
  const { run } = (await asOwner(server, 'run.start', { text: leaves() })) as { run: { id: string } }
  await home.goto(`${server.url}/runs/${run.id}`)
  await expect(home.getByRole('main').locator('.run-facts')).toContainText('Succeeded', { timeout: 30_000 })

  for (const name of ['dot.png', 'drawing.svg']) {
    const picture = (await show(home, name)).getByRole('img')
    await expect.poll(() => picture.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBeGreaterThan(0)
  }
  const notes = await show(home, 'notes.md')
  await expect(notes.getByRole('heading', { name: 'What changed' })).toBeVisible()
  await expect(notes).toContainText('<script>')
  await expect(notes.getByRole('link')).toHaveCount(1)
  await expect(notes.getByRole('link')).toHaveAttribute('rel', /noopener/)

  const tests = await show(home, 'junit.xml')
  await expect(tests).toContainText('3 tests, 1 failed, 1 skipped')
  await expect(tests.getByRole('listitem')).toContainText('<b>expected 2</b>')
  await expect(tests.getByText('test/calc.test.js:12')).toBeVisible()
  const found = await show(home, 'found.sarif')
  await expect(found).toContainText('Findings: 1')
  await expect(found.getByText('src/a.ts:3')).toBeVisible()

  await expect(await show(home, 'data.json')).toContainText('"list": [')
  await expect(await show(home, 'plain.txt')).toContainText('<script>')
  await expect(await show(home, 'page.xml')).toContainText('<script>')
  // A page is a download, and nothing else.
  await expect(home.getByRole('button', { name: 'Download out/page.html' })).toBeVisible()
  await expect(home.getByRole('button', { name: 'Show out/page.html' })).toHaveCount(0)

  expect(await home.evaluate(() => 'pwned' in globalThis)).toBe(false)
  expect(await home.locator('main').locator('script, iframe, object, embed').count()).toBe(0)
  expect(refused).toEqual([])
  expect(await violations(home)).toEqual([])
  await home.setViewportSize({ width: 320, height: 640 })
  expect(await overflow(home)).toBeLessThanOrEqual(0)
})

test('a recording is played as it was printed, and at any place of it', async ({ home, server }) => {
  await home.evaluate(() => localStorage.setItem('chispart.preferences', JSON.stringify({ reader: true })))
  const cmd = `printf '\\033[31mfirst\\033[0m\\n'; sleep 1; printf '\\033[2J\\033[Hlast\\n\\033]52;c;cHduZWQ=\\a'`
  const step = { id: 'film', uses: 'shell.exec', with: { cmd, pty: true } }
  const text = JSON.stringify({ name: 'story-film', on: 'manual', steps: [step] })
  const { run } = (await asOwner(server, 'run.start', { text })) as { run: { id: string } }
  await home.goto(`${server.url}/runs/${run.id}`)
  await expect(home.getByRole('main').locator('.run-facts')).toContainText('Succeeded', { timeout: 30_000 })

  await home.getByRole('button', { name: 'Show film.cast' }).click()
  const player = home.getByRole('region', { name: 'film.cast' })
  const place = player.getByRole('slider', { name: 'Place in the recording' })
  const screen = player.locator('.xterm-accessibility-tree')
  // It plays by itself, to its end.
  await expect(player.getByRole('button', { name: 'Play' })).toBeVisible({ timeout: 30_000 })
  await expect(screen).toContainText('last')
  await expect(screen).not.toContainText('first')

  await place.press('Home')
  await expect(screen).toContainText('first')
  await expect(screen).not.toContainText('last')
  await player.getByRole('combobox', { name: 'Speed' }).selectOption('8×')
  await player.getByRole('button', { name: 'Play' }).click()
  await expect(screen).toContainText('last')
  expect(await violations(home)).toEqual([])
  await home.setViewportSize({ width: 320, height: 640 })
  expect(await overflow(home)).toBeLessThanOrEqual(0)
})
