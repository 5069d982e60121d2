import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NotebookDocument } from '../src/journal/document.ts'
import { launchChromium, openFile } from './chromium.ts'
import { renderSample, type Rendered } from './rendered.ts'
import { SampleNotebook, sampleNotebook } from './sample-notebook.ts'

let browser: Browser
let sample: Rendered
beforeAll(async () => {
  browser = await launchChromium()
  sample = await renderSample(sampleNotebook)
})
afterAll(async () => {
  await browser?.close()
  await sample?.[Symbol.asyncDispose]()
})

describe('a video', () => {
  it('plays from the folder and from a single file, and shows its poster until then', async () => {
    for (const singleFile of [false, true]) {
      await using rendered = await renderSample(videoNotebook, { singleFile })
      await using opened = await openFile(browser, rendered.page)
      const video = opened.page.locator('video')
      expect(await video.getAttribute('poster')).toMatch(singleFile ? /^data:image\/webp;/ : /^assets\//)
      expect(opened.requests.filter((url) => url.endsWith('.webm'))).toEqual([])
      await video.evaluate((one) => (one as HTMLVideoElement).play())
      await expect.poll(() => video.evaluate((one) => (one as HTMLVideoElement).currentTime)).toBeGreaterThan(0)
      expect(await video.evaluate((one) => (one as HTMLVideoElement).videoWidth)).toBe(160)
      expect(opened.problems).toEqual([])
    }
  })
})

/** A notebook with a film that Chromium itself recorded. */
async function videoNotebook(folder: string): Promise<NotebookDocument> {
  await using opened = await openFile(browser, sample.page)
  const recorded = await opened.page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 120 })
    const pen = canvas.getContext('2d')!
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm;codecs=vp8' })
    const pieces: Blob[] = []
    recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data))
    recorder.start()
    for (let frame = 0; frame < 25; frame++) {
      pen.fillStyle = `hsl(${frame * 14} 80% 50%)`
      pen.fillRect(0, 0, 160, 120)
      await new Promise((done) => setTimeout(done, 40))
    }
    recorder.stop()
    await new Promise((done) => recorder.addEventListener('stop', done))
    return [...new Uint8Array(await new Blob(pieces).arrayBuffer())]
  })
  const notebook = new SampleNotebook(folder)
  const video = await notebook.asset(Uint8Array.from(recorded), 'webm', 'video/webm')
  const poster = await notebook.image(160, 120)
  const size = { fps: 25, frames: 25, width: 160, height: 120 }
  notebook.add({ kind: 'video', video, poster, ...size, alt: 'Colours that go round' })
  return notebook.document()
}
