// Every screen in both themes: clean for axe-core, no wider than a small phone, everything big enough for a thumb.
import type { Page } from 'playwright/test'
import { asOwner, expect, overflow, removeWorkspaces, test, violations } from '#e2e/stage/face.ts'

/** Addresses, and what is there when a screen has all it shows. */
const SCREENS = [
  ['/', 'heading', 'Running now'],
  ['/?connect', 'dialog', 'Connect a repo'],
  ['/workspaces', 'heading', 'a-workspace-with-a-rather-long-name-for-a-small-phone'],
  ['/workspaces?new', 'dialog', 'New workspace'],
  ['/runs', 'button', 'Run the demo'],
  ['/workflows', 'link', 'Edit hello'],
  ['/devices', 'button', 'Revoke Terminal'],
  ['/devices?pair', 'dialog', 'Pair a device'],
  ['/settings', 'heading', 'Account'],
  ['/settings?credential', 'dialog', 'Add a credential'],
  ['/nowhere', 'heading', 'Nothing lives at this address'],
] as const

test.beforeAll(async ({ server }) => {
  await asOwner(server, 'workspace.create', { name: SCREENS[2][2] })
  const { code } = await asOwner(server, 'pair.init', { device: 'cli', nonce: crypto.randomUUID() })
  await asOwner(server, 'pair.confirm', { code, name: 'Terminal' })
})
test.afterAll(async ({ server }) => {
  await removeWorkspaces(server)
  const { devices } = (await asOwner(server, 'device.list')) as { devices: { id: string }[] }
  for (const { id } of devices) await asOwner(server, 'device.revoke', { device: id })
})

/** What a finger must hit and cannot: WCAG 2.5.5, 44 by 44 pixels. */
const small = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('button, a[href], input:not(.unseen), .choice label')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      .map((element) => ({ box: element.getBoundingClientRect(), html: element.outerHTML.slice(0, 80) }))
      .filter(({ box }) => Math.round(box.height) < 44 || Math.round(box.width) < 44)
      .map(({ box, html }) => `${box.width}x${box.height} ${html}`),
  )

for (const colorScheme of ['light', 'dark'] as const)
  for (const [path, role, name] of SCREENS)
    test(`${path} in the ${colorScheme} theme`, async ({ home, server }) => {
      await home.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await home.goto(server.url + path)
      await expect(home.getByRole(role, { name })).toBeVisible()
      expect(await violations(home)).toEqual([])
      await home.setViewportSize({ width: 320, height: 640 })
      expect(await overflow(home)).toBe(0)
      expect(await small(home)).toEqual([])

      // Spanish words are longer.
      await home.evaluate(() => localStorage.setItem('chispart.preferences', '{"language":"es"}'))
      await home.reload()
      await expect(home.locator('html')).toHaveAttribute('lang', 'es')
      await expect(home.getByRole(role).first()).toBeVisible()
      expect(await overflow(home)).toBe(0)
    })
