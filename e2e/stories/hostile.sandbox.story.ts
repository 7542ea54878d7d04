// What a program prints and what a person pastes can draw, and no more.
import { expect, test } from '#e2e/stage/desk.ts'
import type { Desk } from '#e2e/stage/desk.ts'

async function paste({ page }: Desk, text: string): Promise<void> {
  await page.bringToFront()
  await page.evaluate((text) => navigator.clipboard.writeText(text), text)
  await page.keyboard.press('Control+Shift+V')
}

test('a huge count does not hold the tab', async ({ desk }) => {
  for (const final of ['L', 'M', 'S', 'T', 'b', '@', 'P', 'X', 'I', 'Z'])
    await desk.run(String.raw`printf 'x\e[2147483647${final}'; echo`)
  await desk.run('clear; echo still-$((40+2))')
  await desk.shows('still-42')
})

test('a paste that would leave the bracketed paste stays a paste', async ({ desk }) => {
  await desk.run(String.raw`clear; bind 'set enable-bracketed-paste on'; echo ready-$((1+1))`)
  await desk.shows('ready-2')
  await paste(desk, 'echo one\x1b[201~\necho broke-$((4+4))\n')
  await desk.shows('broke-$((4+4))')
  expect(await desk.text()).not.toContain('broke-8')
})

test('a title is text, a link is the web, and the clipboard waits for consent', async ({ desk }) => {
  const { page } = desk
  await desk.run(String.raw`printf '\e]0;<img src=x onerror=alert(1)>\a'`)
  await expect(page).toHaveTitle(/<img src=x onerror=alert\(1\)>/)
  await expect(page.locator('img')).toHaveCount(0)

  await page.evaluate(() => navigator.clipboard.writeText('mine'))
  await desk.run(String.raw`printf "\e]52;c;$(printf 'stolen words' | base64)\a"`)
  const offer = page.getByRole('alertdialog')
  await expect(offer).toContainText('stolen words')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine')
  await offer.getByRole('button', { name: 'Copy' }).click()
  await expect(offer).toBeHidden()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('stolen words')

  await desk.run(String.raw`printf '\e]52;c;?\a'`)
  await desk.run('echo asked-$((1+1))')
  await desk.shows('asked-2')
  expect(await desk.text()).not.toContain('c3RvbGVu')
})

test('what a program asks the terminal is answered, and the answer never runs', async ({ desk }) => {
  await desk.run(
    String.raw`clear; printf '\e[c\e[6n\e[5n\eP$qm\e\\\e]10;?\a\e[21t'; sleep 0.5; echo; echo after-$((1+1))`,
  )
  await desk.shows('after-2')
  expect(await desk.text()).not.toContain('command not found')
})
