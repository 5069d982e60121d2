import type { Browser, Page } from 'playwright-core'
import { launchChromium } from './chromium.ts'

export interface PageView {
  dark?: boolean
  /** in CSS pixels; 1100 */
  width?: number
  javaScript?: boolean
}

/** Debian's Chromium. Its pages note what goes wrong in them, and what they ask of any other machine. */
export class TestBrowser implements AsyncDisposable {
  /** errors of scripts and of the page's policy */
  readonly complaints: string[] = []
  /** requests that leave this machine */
  readonly outside: string[] = []
  #browser: Browser

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async launch(): Promise<TestBrowser> {
    return new TestBrowser(await launchChromium())
  }

  async open(url: string, { dark = false, width = 1100, javaScript = true }: PageView = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      colorScheme: dark ? 'dark' : 'light',
      viewport: { width, height: 900 },
      javaScriptEnabled: javaScript,
    })
    const page = await context.newPage()
    page.on('pageerror', ({ message }) => this.complaints.push(message))
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url())
      if (/^https?:$/.test(protocol) && hostname !== '127.0.0.1' && hostname !== 'localhost')
        this.outside.push(request.url())
    })
    await page.goto(url)
    return page
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
  }
}
