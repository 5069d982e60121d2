import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'

/** Debian's Chromium; the tests of pages are nothing without one. */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `There is no Chromium at ${CHROMIUM}. Install it (\`apt-get install chromium\`), or leave the tests of pages out: \`--project '!browser-pages'\`.`,
    )
  }
  return await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
}

export interface OpenPage extends AsyncDisposable {
  page: Page
  /** everything that was asked for, but the page itself and what it holds */
  requests: string[]
  /** errors of scripts and what the policy refused */
  problems: string[]
}

/** Opens a file of this machine and notes what it asks for and what goes wrong. */
export async function openFile(
  browser: Browser,
  path: string,
  { hash = '', ...options }: BrowserContextOptions & { hash?: string } = {},
): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await context.newPage()
  const requests: string[] = []
  const problems: string[] = []
  const url = pathToFileURL(path).href
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(?:data|blob):/.test(request.url())) requests.push(request.url())
  })
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(url + hash)
  return { page, requests, problems, [Symbol.asyncDispose]: () => context.close() }
}
