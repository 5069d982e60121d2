import { pathToFileURL } from 'node:url'
import type { TestBrowser } from '../../packages/reporter/test/browser.ts'

/** Until a page of the disk has loaded and the frame after that is drawn, by the page's own clock. */
export async function secondsToShow(browser: TestBrowser, path: string): Promise<number> {
  const page = await browser.open(pathToFileURL(path).href)
  const ms = await page.evaluate(
    () => new Promise<number>((shown) => requestAnimationFrame(() => setTimeout(() => shown(performance.now())))),
  )
  await page.context().close()
  return ms / 1000
}

/** Until its first words are drawn. */
export async function secondsToPaint(browser: TestBrowser, path: string): Promise<number> {
  const page = await browser.open(pathToFileURL(path).href)
  const ms = await page.evaluate(
    () =>
      new Promise<number>((painted) =>
        new PerformanceObserver((list) => {
          const [first] = list.getEntriesByName('first-contentful-paint')
          if (first) painted(first.startTime)
        }).observe({ type: 'paint', buffered: true }),
      ),
  )
  await page.context().close()
  return ms / 1000
}
