// What the stories of terminals stand on: a real server, a signed-in browser, and a desk in a workspace of its own. It uses
// the page as a person does: what a terminal holds is read by "Copy everything".
import { randomUUID } from 'node:crypto'
import { test as base, expect } from 'playwright/test'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright/test'
import { asOwner } from './face.ts'
import { startServer } from './server.ts'
import type { StagedServer } from './server.ts'

export { expect }

export interface Stage {
  /** The server as it runs now. */
  server(): StagedServer
  /** `kill -9`, then the same server again. */
  restart(): Promise<void>
}

export interface Desk {
  readonly page: Page
  /** Everything in the terminal that has the focus, scrollback first. */
  text(): Promise<string>
  /** Waits until the terminal holds it. */
  shows(what: string | RegExp): Promise<void>
  /** Types a line and Enter. */
  run(line: string): Promise<void>
  /** The same terminal in another window of the same kind, which stays when this one leaves. */
  twin(): Promise<Desk>
  /** Runs a command of the palette. */
  command(name: string): Promise<void>
}

type SignedIn = Awaited<ReturnType<BrowserContext['storageState']>>

interface Own {
  readonly desk: Desk
  readonly workspace: string
  /** The same terminal in a browser that has nothing to do with the desk's. */
  readonly elsewhere: () => Promise<Desk>
}

export const test = base.extend<Own, { stage: Stage; signedIn: SignedIn }>({
  stage: [
    // Playwright reads the names of fixtures from this pattern, empty or not.
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      let server = await startServer()
      await use({
        server: () => server,
        restart: async () => void (server = await server.restart()),
      })
      await server.close()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  signedIn: [
    async ({ stage, browser }, use) => {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(stage.server().link)
      await expect(page.getByRole('button', { name: /Open a terminal/ })).toBeVisible()
      await use(await context.storageState())
      await context.close()
    },
    { scope: 'worker' },
  ],
  storageState: async ({ signedIn }, use) => use(signedIn),
  baseURL: async ({ stage }, use) => use(stage.server().url),
  workspace: async ({ stage }, use) => {
    const name = `story-${randomUUID().slice(0, 8)}`
    await asOwner(stage.server(), 'workspace.create', { name })
    await use(name)
    await asOwner(stage.server(), 'workspace.remove', { workspace: name })
  },
  desk: async ({ page, workspace }, use) => {
    await page.goto(`/w/${workspace}/t`)
    await page.getByRole('main').getByRole('button', { name: 'New terminal' }).last().click()
    await expect(page.getByRole('textbox', { name: 'Terminal' })).toBeFocused()
    const desk = deskOf(page)
    await desk.shows('$ ')
    await use(desk)
  },
  elsewhere: async ({ browser, desk, signedIn, permissions }, use) => {
    const other = await browser.newContext({
      ...(test.info().project.use as BrowserContextOptions),
      storageState: signedIn,
      ...(permissions && { permissions }),
    })
    await use(async () => {
      const page = await other.newPage()
      return arrive(page, desk.page.url())
    })
    await other.close()
  },
})

async function arrive(page: Page, url: string): Promise<Desk> {
  await page.goto(url)
  await expect(page.getByRole('textbox', { name: 'Terminal' })).toBeFocused()
  const desk = deskOf(page)
  await desk.shows('$ ')
  return desk
}

export function deskOf(page: Page): Desk {
  async function command(name: string): Promise<void> {
    await page.bringToFront()
    await page.keyboard.press('Control+Shift+P')
    await page.getByRole('combobox', { name: 'Commands' }).fill(name)
    await page.getByRole('option', { name }).first().click()
    await expect(page.getByRole('combobox', { name: 'Commands' })).toBeHidden()
  }
  async function text(): Promise<string> {
    await page.bringToFront()
    await page.evaluate(() => navigator.clipboard.writeText(''))
    await command('Copy everything')
    await page.waitForFunction(async () => (await navigator.clipboard.readText()) !== '')
    return page.evaluate(() => navigator.clipboard.readText())
  }
  const shows = async (what: string | RegExp) => {
    const matcher = typeof what === 'string' ? expect.stringContaining(what) : expect.stringMatching(what)
    await expect.poll(text, { timeout: 20_000 }).toEqual(matcher)
  }
  return {
    page,
    command,
    text,
    shows,
    async run(line) {
      await page.keyboard.type(line)
      await page.keyboard.press('Enter')
    },
    twin: async () => arrive(await page.context().newPage(), page.url()),
  }
}
