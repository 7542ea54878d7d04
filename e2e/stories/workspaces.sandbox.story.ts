// Workspaces from first to last, as a person has them and as they change by another hand.
import { asOwner, atHome, expect, goTo, removeWorkspaces, test } from '#e2e/stage/face.ts'
import { startServer } from '#e2e/stage/server.ts'

// Stories before these may have left some: a run that failed keeps its own.
test.beforeEach(({ server }) => removeWorkspaces(server))
test.afterEach(({ server }) => removeWorkspaces(server))

test('a workspace is made, stopped, started and removed', async ({ home }) => {
  await goTo(home, 'Workspaces')
  await expect(home.getByText('There is no workspace yet')).toBeVisible()
  await home.getByRole('button', { name: 'New workspace' }).click()
  await home.getByLabel('Name of the workspace').fill('lab')
  await home.getByRole('button', { name: 'Create' }).click()
  const row = home.getByRole('listitem').filter({ has: home.getByRole('heading', { name: 'lab' }) })
  await expect(row).toContainText('Running')
  await expect(row).toContainText('Isolated by bubblewrap')
  await expect(home.getByRole('dialog')).toHaveCount(0)

  await expect(row.getByText(/^\d+ % of 200 %$/)).toBeVisible({ timeout: 20_000 })
  await expect(row).toContainText(/Memory[\d.]+ MiB of 4 GiB/)
  await expect(row).toContainText('0 B sent, 0 B received')

  await row.getByRole('button', { name: 'Stop lab' }).click()
  await expect(row).toContainText('Stopped')
  await row.getByRole('button', { name: 'Start lab' }).click()
  await expect(row).toContainText('Running')

  await expect(row).toContainText('CPU')

  await row.getByRole('button', { name: 'Remove lab' }).click()
  const question = home.getByRole('alertdialog', { name: 'Remove lab?' })
  await expect(question).toContainText('lost for good')
  await question.getByRole('button', { name: 'Remove' }).click()
  await expect(row).toHaveCount(0)
})

test('a workspace that ended without being asked says why, until it is started again', async ({
  home,
  server,
}) => {
  await asOwner(server, 'workspace.create', { name: 'lab' })
  await asOwner(server, 'exec', { workspace: 'lab', cmd: 'kill -9 -1' }).catch(() => undefined)
  await goTo(home, 'Workspaces')
  const row = home.getByRole('listitem').filter({ has: home.getByRole('heading', { name: 'lab' }) })
  await expect(row).toContainText('It was ended from outside.')
  await row.getByRole('button', { name: 'Start lab' }).click()
  await expect(row).toContainText('Running')
  await expect(row).not.toContainText('ended')
})

test('a name that is taken or does not fit is refused beside the field', async ({ home, server }) => {
  await asOwner(server, 'workspace.create', { name: 'taken' })
  await home.goto(`${server.url}/workspaces?new`)
  const name = home.getByLabel('Name of the workspace')
  await name.fill('Not A Name')
  await home.getByRole('button', { name: 'Create' }).click()
  expect(await name.evaluate((input: HTMLInputElement) => input.validity.patternMismatch)).toBe(true)
  await name.fill('taken')
  await home.getByRole('button', { name: 'Create' }).click()
  await expect(home.getByRole('alert')).toContainText('A workspace of that name exists already')
})

test('what another client does is seen, also after a killed server and a lost network', async ({
  context,
  page,
}) => {
  const server = await startServer()
  await page.goto(server.link)
  await atHome(page)
  await goTo(page, 'Workspaces')
  await asOwner(server, 'workspace.create', { name: 'remote' })
  const row = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'remote' }) })
  await expect(row).toContainText('Running')

  const again = await server.restart()
  await context.setOffline(true)
  await expect(page.getByText('No connection. Trying again')).toBeVisible()
  await asOwner(again, 'workspace.stop', { workspace: 'remote' })
  await context.setOffline(false)
  await expect(row).toContainText('Stopped')
  await expect(page.getByText('No connection')).toHaveCount(0)
  await expect(page.getByRole('alert')).toHaveCount(0)
  await again.close()
})

test('stopping asks first when terminals would end', async ({ home, server }) => {
  await asOwner(server, 'workspace.create', { name: 'busy' })
  await goTo(home, 'Workspaces')
  await home.getByRole('button', { name: 'Open a terminal in busy' }).click()
  await expect(home).toHaveURL(/\/w\/busy\/t\/.+/)
  await home.goBack()
  const row = home.getByRole('listitem').filter({ has: home.getByRole('heading', { name: 'busy' }) })
  await expect(row).toContainText('Terminals: 1')
  await row.getByRole('button', { name: 'Stop busy' }).click()
  await home.getByRole('alertdialog').getByRole('button', { name: 'Stop' }).click()
  await expect(row).toContainText('Stopped')
})

test('home leads to what runs, and its dialog goes back to home', async ({ home, server }) => {
  await asOwner(server, 'workspace.create', { name: 'shop' })
  await goTo(home, 'Home')
  await expect(home.getByRole('heading', { name: 'shop' })).toBeVisible()
  await expect(home.getByRole('button', { name: /Open a terminal/ })).toContainText('in shop')
  await home.getByRole('button', { name: /Connect a repo/ }).click()
  await home.getByLabel('Address of the repository').fill('https://github.com/user/My.Project.git')
  await expect(home.getByLabel('Name of the workspace')).toHaveValue('my-project')
  await home.goBack()
  await expect(home.getByRole('dialog')).toHaveCount(0)
  await expect(home).toHaveURL(`${server.url}/`)
})
