// Workflows in the browser: written with the server's problems in place and its graph beside, completed, saved, run.
import type { Page } from 'playwright/test'
import { asOwner, expect, overflow, test, violations } from '#e2e/stage/face.ts'

const TEXT = `name: greeting
on:
  manual:
    inputs:
      who: { required: true, description: Whom to greet }
      loud: { type: boolean }
steps:
  - id: first
    uses: shell.exec
    with: { cmd: 'echo hello \${{ inputs.who }}' }
  - id: left
    uses: shell.exec
    needs: first
    with: { cmd: echo left }
  - id: right
    uses: shell.exec
    needs: first
    with: { cmd: echo right }
`

const editor = (page: Page) => page.getByRole('textbox', { name: 'Workflow as YAML' })
const graph = (page: Page) => page.getByRole('region', { name: 'Steps and their order' })

async function write(page: Page, text: string): Promise<void> {
  await editor(page).click()
  await page.keyboard.press('ControlOrMeta+a')
  // As from the clipboard: typing would indent by itself.
  await page.keyboard.insertText(text)
}

test.afterEach(async ({ server }) => {
  const { workflows } = (await asOwner(server, 'workflow.list')) as {
    workflows: { name: string; example: boolean }[]
  }
  for (const { name, example } of workflows) if (!example) await asOwner(server, 'workflow.remove', { name })
})

test('a workflow is written, mended, saved and run', async ({ home, server }) => {
  await home.goto(`${server.url}/workflows`)
  await expect(home.getByRole('heading', { name: /^hello/ })).toBeVisible()
  expect(await violations(home)).toEqual([])
  await home.getByRole('button', { name: 'New workflow' }).click()
  await expect(graph(home).getByText('greet')).toBeVisible()

  await write(home, TEXT.replace('uses: shell.exec', 'uses: shell.exce'))
  const problem = home.getByRole('button', { name: /Line 9.*shell\.exce/ })
  await expect(problem).toBeVisible()
  await expect(home.getByRole('button', { name: 'Run…' })).toBeDisabled()
  await problem.click()
  await expect(editor(home)).toBeFocused()

  await write(home, TEXT)
  await expect(home.getByText('No problems')).toBeVisible()
  await expect(graph(home).getByRole('listitem')).toHaveCount(3)
  await expect(graph(home).getByText('after first')).toHaveCount(2)
  expect(await violations(home)).toEqual([])

  await home.getByRole('button', { name: 'Save' }).click()
  await expect(home.getByRole('heading', { level: 1, name: 'greeting' })).toBeVisible()
  await expect(home).toHaveURL(`${server.url}/workflows/edit/greeting`)

  await home.getByRole('button', { name: 'Run…' }).click()
  const dialog = home.getByRole('dialog', { name: 'Run this workflow' })
  await expect(dialog.getByRole('button', { name: 'Run', exact: true })).toBeEnabled()
  // A dialog that is just opening is still being painted.
  await expect.poll(() => violations(home)).toEqual([])
  await dialog.getByLabel(/^who/).fill('Ada')
  await dialog.getByLabel('loud').check()
  await dialog.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(home).toHaveURL(/\/runs\/[^/]+/)
  await expect(home.getByRole('heading', { name: /greeting/ }).first()).toBeVisible()
})

test('a key completes the fields that the schema has', async ({ home, server }) => {
  await home.goto(`${server.url}/workflows/edit`)
  await write(home, 'name: x\npolicy:\n  ')
  await home.keyboard.press('Control+Space')
  await home.getByRole('option', { name: 'max_cost_usd' }).click()
  await expect(editor(home)).toContainText('max_cost_usd:')
})

test('what was not saved is there again after leaving, until it is discarded', async ({ home, server }) => {
  await home.goto(`${server.url}/workflows/edit/hello`)
  await write(home, 'name: hello\nsteps: []\n')
  await expect(home.getByText('Not saved yet')).toBeVisible()
  await home.reload()
  await expect(editor(home)).toContainText('steps: []')
  await home.getByRole('button', { name: 'Discard changes' }).click()
  await expect(editor(home)).toContainText('Hello from Chispart')
  await expect(home.getByText('No problems')).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`fits a small phone in the ${colorScheme} theme, in Spanish too`, async ({ home, server }) => {
    await home.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await home.setViewportSize({ width: 320, height: 640 })
    for (const path of ['/workflows', '/workflows/edit/matrix', '/workflows/edit/hello?run']) {
      await home.goto(server.url + path)
      await expect(home.getByRole('heading', { level: 1 })).toBeVisible()
      if (path.includes('/edit/')) await expect(graph(home).getByRole('listitem').first()).toBeVisible()
      expect(await violations(home)).toEqual([])
      expect([path, await overflow(home)]).toEqual([path, 0])
    }
    await home.evaluate(() => localStorage.setItem('chispart.preferences', '{"language":"es"}'))
    await home.goto(`${server.url}/workflows/edit/matrix`)
    await expect(home.locator('html')).toHaveAttribute('lang', 'es')
    expect(await overflow(home)).toBe(0)
  })
