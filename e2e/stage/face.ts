// The face in a real browser against a real server, for stories. One server for all stories of a project; those that end its
// sign-in start their own.
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test as base } from 'playwright/test'
import type { BrowserContext, Page } from 'playwright/test'
import { startServer } from './server.ts'
import type { StagedServer } from './server.ts'

type State = Awaited<ReturnType<BrowserContext['storageState']>>

interface Shared {
  readonly server: StagedServer
  /** The cookies of a browser that opened the one-time link. */
  readonly owner: State
}

interface Own {
  /** A page of the owner, at home. */
  readonly home: Page
}

export const test = base.extend<Own, Shared>({
  server: [
    // Playwright reads the names of fixtures from this pattern, empty or not.
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const server = await startServer()
      await use(server)
      await server.close()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  owner: [
    async ({ browser, server }, use) => {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(server.link)
      await atHome(page)
      await use(await context.storageState())
      await context.close()
    },
    { scope: 'worker' },
  ],
  home: async ({ context, owner, server }, use) => {
    await context.addCookies(owner.cookies)
    const page = await context.newPage()
    await page.goto(server.url)
    await atHome(page)
    await use(page)
  },
})

export { expect }

export async function atHome(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1, name: 'Start something' })).toBeVisible()
}

export async function atGate(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in to Chispart' })).toBeVisible()
}

/** Goes to a screen as a person does, by the rail or the bar. */
export const goTo = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Chispart' }).getByRole('link', { name }).click()

/** Calls an op as the owner, from outside of the browser. */
export async function asOwner(
  { url, ownerToken }: StagedServer,
  op: string,
  input: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/api/ops/${op}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ownerToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
  const answer = (await response.json()) as Record<string, unknown>
  if (!response.ok) throw new Error(`${op} answered ${response.status}: ${JSON.stringify(answer)}`)
  return answer
}

/** For a story that begins without any. */
export async function removeWorkspaces(server: StagedServer): Promise<void> {
  const { workspaces } = (await asOwner(server, 'workspace.list')) as { workspaces: { id: string }[] }
  for (const { id } of workspaces) await asOwner(server, 'workspace.remove', { workspace: id })
}

/** What axe-core finds against WCAG 2.2 A and AA, as one line each. */
export async function violations(page: Page): Promise<string[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const found = await new AxeBuilder({ page }).withTags(tags).analyze()
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

/** Pixels by which the page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const wide = [...document.querySelectorAll('html, body, main, dialog')].map(
      (element) => element.scrollWidth - element.clientWidth,
    )
    return Math.max(...wide)
  })
