import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createProject } from '../../test/project.ts'

const CANVAS = `import { test } from 'vitest-notebook'
const pixels = (value: number) => ({ data: new Uint8Array(3 * 8 * 8).fill(value), width: 8, height: 8, channels: 3 as const })
const pause = () => new Promise((over) => setTimeout(over, 400))
test('Canvas', async ({ notebook }) => {
  const live = notebook.image(pixels(10), { alt: 'the canvas' })
  await pause()
  live.update(pixels(20))
  await pause()
  live.update(pixels(30))
  await notebook.video([pixels(0), pixels(10)], { fps: 4, alt: 'a film that ends as the canvas began' })
})`

it(
  'a picture that an update replaced stays where something else shows it, and no other does',
  { timeout: 60_000 },
  async () => {
    using project = createProject({ 'a.experiment.ts': CANVAS }, { formats: [] })
    expect(await project.vitest()).toMatchObject({ code: 0 })
    const { cells } = await project.read('a.experiment.ts/canvas')
    const [canvas, video] = cells.map(({ content }) => content)
    if (canvas?.kind !== 'image' || video?.kind !== 'video') throw new Error('Expected a picture and a film')
    const folder = join(project.root, 'reports', project.runs()[0]!, 'a.experiment.ts/canvas/assets')
    const pictures = readdirSync(folder).filter((name) => name.endsWith('.png'))
    const shown = [canvas.image, video.poster].map(({ path }) => path.replace('assets/', ''))
    expect(pictures.toSorted()).toEqual(shown.toSorted())
  },
)
