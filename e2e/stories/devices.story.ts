// The screen of devices: live, with a dialog that has an address.
import { asOwner, expect, goTo, test } from '#e2e/stage/face.ts'

test('a device that another client pairs shows up by itself, and can be revoked', async ({
  home,
  server,
}) => {
  await goTo(home, 'Devices')
  await expect(home.getByText('Signed in with the one-time link')).toBeVisible()
  const { code } = await asOwner(server, 'pair.init', { device: 'cli', nonce: crypto.randomUUID() })
  await asOwner(server, 'pair.confirm', { code, name: 'Build box', device: 'cli' })
  const row = home.getByRole('listitem').filter({ hasText: 'Build box' })
  await expect(row).toContainText('Command line')
  await expect(row).toContainText('Paired on')
  await expect(row).toContainText('Not seen yet')
  await row.getByRole('button', { name: 'Revoke' }).click()
  await home.getByRole('button', { name: 'Cancel' }).click()
  await expect(row).toBeVisible()
  await row.getByRole('button', { name: 'Revoke' }).click()
  await home.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click()
  await expect(row).toHaveCount(0)
})

test('back, Escape and the cross close the invitation; a reload keeps it', async ({ home }) => {
  await goTo(home, 'Devices')
  const dialog = home.getByRole('dialog', { name: 'Pair a device' })
  const open = home.getByRole('button', { name: 'Pair a device' })
  await open.click()
  await expect(dialog.getByText('Good for')).toBeVisible()
  await home.goBack()
  await expect(dialog).toHaveCount(0)
  await expect(home.getByRole('heading', { level: 1, name: 'Devices' })).toBeVisible()

  await open.click()
  await home.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(open).toBeFocused()

  await open.click()
  await home.reload()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(home).toHaveURL(/\/devices$/)
})
