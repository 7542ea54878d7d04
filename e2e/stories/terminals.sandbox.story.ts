// A live terminal in the browser: opened, typed into, searched, split, and found again as it was.
import { deskOf, expect, test } from '#e2e/stage/desk.ts'

test('the one-time link leads to a terminal that answers', async ({ desk }) => {
  await desk.run('id -u; touch /etc/x; echo done-$((40+2))')
  await desk.shows('done-42')
  const text = await desk.text()
  expect(text).toContain('Read-only file system')
  expect(text).not.toMatch(/^0$/m)
})

test('full-screen programs draw, take keys and leave the screen as it was', async ({ desk }) => {
  await desk.run('vim -u NONE /work/note.txt')
  await desk.shows('~')
  await desk.page.keyboard.type('iHello from vim')
  await desk.page.keyboard.press('Escape')
  await desk.page.keyboard.type(':wq')
  await desk.page.keyboard.press('Enter')
  await desk.shows(/note.txt\n.*\$ $/m)
  await desk.run('cat /work/note.txt')
  await desk.shows(/Hello from vim\n.*\$/)

  await desk.run('seq 1 500 | less')
  await desk.shows(/^1\n2\n/)
  await desk.page.keyboard.type('G')
  await desk.shows('500\n(END)')
  await desk.page.keyboard.type('q')
  await desk.shows('cat /work/note.txt')
})

test('htop and tmux are usable', async ({ desk }) => {
  await desk.run('htop')
  await desk.shows(/F10Quit|Load average/)
  await desk.page.keyboard.type('q')
  await desk.shows('$ htop')

  await desk.run('tmux new -s story')
  await desk.shows('[story]')
  await desk.page.keyboard.press('Control+b')
  await desk.page.keyboard.type('c')
  await desk.shows('1:bash*')
  await desk.run('exit')
  await desk.shows('0:bash*')
  await desk.run('exit')
  await desk.shows('[exited]')
})

test('the program follows the size of the window', async ({ desk }) => {
  const size = async () => {
    await desk.run('clear; echo size=$(stty size)')
    await desk.shows(/size=\d+ \d+\n/)
    const [, rows, cols] = /size=(\d+) (\d+)\n/.exec(await desk.text()) ?? []
    return { rows: Number(rows), cols: Number(cols) }
  }
  const before = await size()
  const { width, height } = desk.page.viewportSize()!
  await desk.page.setViewportSize({ width: Math.round(width * 0.8), height: Math.round(height * 0.7) })
  await expect.poll(async () => (await size()).rows).toBeLessThan(before.rows)
  expect((await size()).cols).toBeLessThan(before.cols)
})

test('ten thousand lines of UTF-8, emoji and CJK arrive intact', async ({ desk }) => {
  const line = (n: number) => `${n} ñandú 日本語 한국어 😀 👩‍👩‍👧 é́ ✓`
  await desk.run(
    String.raw`clear; for i in $(seq 10000); do echo "$i ñandú 日本語 한국어 😀 👩‍👩‍👧 é́ ✓"; done; echo all-sent`,
  )
  await desk.shows(/all-sent\n/)
  const lines = new Set((await desk.text()).split('\n'))
  const missing = Array.from({ length: 10_000 }, (_, at) => line(at + 1)).filter((each) => !lines.has(each))
  expect(missing).toEqual([])
})

test('the search finds, counts and goes up', async ({ desk }) => {
  await desk.run('clear; seq 20000 20300')
  await desk.shows('20300')
  await desk.command('Find in the terminal')
  await desk.page.getByRole('searchbox', { name: 'Find in the terminal' }).fill('2001')
  await expect(desk.page.getByRole('search').getByRole('status')).toHaveText('10 of 10')
  await desk.page.keyboard.press('Enter')
  await expect(desk.page.getByRole('search').getByRole('status')).toHaveText('9 of 10')
  await desk.page.keyboard.press('Escape')
  await desk.run('echo typed-again')
  await desk.shows('typed-again')
})

test('names, letters and the layout stay', async ({ desk, isMobile }) => {
  test.skip(isMobile, 'a phone shows one terminal at a time')
  const { page } = desk
  await page.keyboard.press('Control+Shift+E')
  await expect(page.getByRole('separator')).toHaveCount(1)
  await desk.shows('$ ')
  await page.keyboard.press('Control+Shift+O')
  await expect(page.getByRole('separator')).toHaveCount(2)
  await desk.shows('$ ')

  await desk.command('Rename terminal')
  await page.getByRole('textbox', { name: 'Name' }).fill('logs')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('link', { name: /logs/ })).toBeVisible()

  await desk.command('Move the border of this split')
  const border = page.getByRole('separator').first()
  await expect(border).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(border).toHaveAttribute('aria-valuenow', '55')
  await page.keyboard.press('Enter')

  await page.reload()
  await expect(page.getByRole('separator')).toHaveCount(2)
  await expect(page.getByRole('separator').first()).toHaveAttribute('aria-valuenow', '55')
  await expect(page.getByRole('link', { name: /logs/ })).toBeVisible()

  await page.keyboard.press('Control+Shift+X')
  await expect(page.getByRole('separator')).toHaveCount(1)
})

test('a divider follows the pointer', async ({ desk, isMobile }) => {
  test.skip(isMobile, 'a phone shows one terminal at a time')
  const { page } = desk
  await page.keyboard.press('Control+Shift+E')
  const border = page.getByRole('separator')
  const box = (await border.boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + 200)
  await page.mouse.down()
  await page.mouse.move(box.x - 200, box.y + 220, { steps: 8 })
  await page.mouse.up()
  await expect(border).toHaveAttribute('aria-valuenow', /^3\d$/)
})

test('another window sees the same terminal, and its typing too', async ({ desk }) => {
  const twin = await desk.twin()
  await twin.run('echo from-the-other-$((1+1))')
  await desk.page.bringToFront()
  await desk.shows('from-the-other-2')
})

test('an address of a terminal that is gone says so', async ({ page, workspace }) => {
  await page.goto(`/w/${workspace}/t/none-such`)
  await expect(page.getByText('That terminal is closed.')).toBeVisible()
  await page.getByRole('main').getByRole('button', { name: 'New terminal' }).last().click()
  await deskOf(page).shows('$ ')
})
