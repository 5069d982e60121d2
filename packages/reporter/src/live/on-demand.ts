import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { attachmentsOf } from '../render/attachment.ts'
import { FORMAT_FILES, type Format } from '../render/formats.ts'
import { Renderer } from '../render/process/renderer.ts'
import type { NotebookFeed } from './notebook-feed.ts'

/** Writes what a live page links to when somebody asks for it; a run writes its reports only when it is over. */
export class OnDemand {
  #renderer = new Renderer()

  /**
   * @param name a file relative to the notebook's folder
   * @returns a sentence when it could not be written
   */
  async write(feed: NotebookFeed, name: string): Promise<string | undefined> {
    const { folder, document } = feed
    const format = (Object.keys(FORMAT_FILES) as Format[]).find((one) => FORMAT_FILES[one] === name)
    if (!document || (existsSync(join(folder, name)) && !(format && document.status === 'running'))) return undefined
    if (!format && !attachmentsOf(document).some(({ path }) => path === name)) return undefined
    try {
      const { problems } = await this.#renderer.render(folder, { formats: format ? [format] : [] })
      return problems[0]
    } catch (error) {
      return (error as Error).message
    }
  }
}
