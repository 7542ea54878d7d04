// The test browser: Chromium from npm, or the one that CHROMIUM_PATH names. It never downloads one.
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

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await executable(), args: QUIET, headless: true })
}

async function executable(): Promise<string> {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined) return named
  // The package unpacks the libraries that a bare machine lacks only when it believes to be on AWS.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs24.x'
  const { default: packaged } = await import('@sparticuz/chromium')
  return packaged.executablePath()
}
