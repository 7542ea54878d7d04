// The test browser: Chromium from npm, or the one that CHROMIUM_PATH names. It never downloads one.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright'
import type { Browser } from 'playwright'

/** Network chatter of the browser itself would fail in a closed network and slow the stories down. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const SYSTEM_FONTS = '/etc/fonts'

/** How Playwright's own runner starts it. */
export async function launchOptions() {
  return { executablePath: await executable(), args: QUIET, headless: true }
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch(await launchOptions())
}

async function executable(): Promise<string> {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined) return named
  // The package unpacks the libraries that a bare machine lacks only when it believes to be on AWS.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs24.x'
  // Its own fonts have no letters of one width; the machine's usually have.
  if (existsSync(SYSTEM_FONTS)) process.env['FONTCONFIG_PATH'] ??= SYSTEM_FONTS
  const { default: packaged } = await import('@sparticuz/chromium')
  return packaged.executablePath()
}
