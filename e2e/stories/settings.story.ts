// Settings take effect at once and stay in the browser.
import { expect, goTo, test } from '#e2e/stage/face.ts'

test('Spanish is spoken at once, everywhere, and after a reload', async ({ home }) => {
  await goTo(home, 'Settings')
  await home.getByText('Español').click()
  await expect(home.getByRole('heading', { level: 1, name: 'Ajustes' })).toBeVisible()
  await expect(home.locator('html')).toHaveAttribute('lang', 'es')
  await home.reload()
  await expect(home).toHaveTitle('Ajustes · Chispart')
  const bar = home.getByRole('navigation', { name: 'Chispart' })
  await bar.getByRole('link', { name: 'Dispositivos' }).click()
  await home.getByRole('button', { name: 'Vincular un dispositivo' }).click()
  await expect(home.getByText('Válido durante')).toBeVisible()
  await home.goBack()
  await bar.getByRole('link', { name: 'Espacios' }).click()
  await expect(home.getByRole('heading', { level: 1, name: 'Espacios' })).toBeVisible()
})

test('the theme follows the system until it is chosen', async ({ home }) => {
  const root = home.locator('html')
  await goTo(home, 'Settings')
  await home.emulateMedia({ colorScheme: 'dark' })
  await expect(root).toHaveAttribute('data-theme', 'dark')
  await home.getByText('Light', { exact: true }).click()
  await expect(root).toHaveAttribute('data-theme', 'light')
  await home.reload()
  await expect(root).toHaveAttribute('data-theme', 'light')
})

test('letters of terminals grow by the keyboard too', async ({ home }) => {
  await goTo(home, 'Settings')
  const letters = home.getByLabel('Letter size of terminals')
  await letters.focus()
  await home.keyboard.press('ArrowRight')
  await expect(home.locator('output')).toHaveText('15 px')
  await home.reload()
  await expect(letters).toHaveValue('15')
})

test('the account says who is signed in and by which plan', async ({ home }) => {
  await goTo(home, 'Settings')
  await expect(home.getByRole('definition').filter({ hasText: 'libre' })).toBeVisible()
})

test('a credential is handed over once, shown without its secret, and forgotten when asked', async ({
  home,
}) => {
  const secret = 'ghp_a-token-that-the-page-forgets'
  await goTo(home, 'Settings')
  await home.getByRole('button', { name: 'Add a credential' }).click()
  const dialog = home.getByRole('dialog', { name: 'Add a credential' })
  await dialog.getByLabel('Address').fill('https://github.com/acme')
  await dialog.getByLabel('Token or password').fill(secret)
  await dialog.getByText('Read, push and publish').click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  const region = home.getByRole('region', { name: 'Credentials' })
  await expect(region).toContainText('https://github.com/acme/')
  await expect(region).toContainText(/Reads and writes.*Fingerprint [0-9a-f]{8}/)
  expect(await home.content()).not.toContain(secret)
  await home.reload()
  await region.getByRole('button', { name: 'Remove the credential for https://github.com/acme/' }).click()
  await home.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(region).not.toContainText('github.com')
})

test('a credential for an address that is none is refused with what is wrong', async ({ home }) => {
  await goTo(home, 'Settings')
  await home.getByRole('button', { name: 'Add a credential' }).click()
  const dialog = home.getByRole('dialog', { name: 'Add a credential' })
  await dialog.getByLabel('Address').fill('https://127.0.0.1/')
  await dialog.getByLabel('Token or password').fill('a-token-of-mine')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByRole('alert')).toContainText('the name of a host')
})
