import type { CellContent, CellId, ImageRef } from '../../journal/schema.ts'
import type { Picture } from '../picture.ts'
import { takePicture, type LoadedPicture } from '../pictures/read.ts'
import { storePicture } from '../pictures/store.ts'
import type { Session } from '../session.ts'
import type { Live } from '../types.ts'
import { Paced } from './pace.ts'

type Load = () => Promise<LoadedPicture>

/** Cells of pictures. Each has its place at once, and its picture when that is encoded. */
export class Pictures {
  #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** What stands in a picture's place until it is there, and for ever if the worker dies before: its words. */
  waiting(alt: string): CellContent {
    return { kind: 'display', data: { 'text/plain': alt } }
  }

  show(cell: CellId, picture: Picture, { alt, caption }: { alt: string; caption?: string }): Live<Picture> {
    let shown: ImageRef | undefined
    const show = async (load: Load): Promise<void> => {
      const image = await this.#store(load)
      this.#update(cell, { kind: 'image', image, alt, ...(caption !== undefined && { caption }) })
      if (shown) this.#session.replace(shown, shown.scaled)
      shown = image
    }
    const paced = new Paced<Load>(this.#session, show)
    paced.push(this.#take(picture))
    return { update: (next) => paced.push(this.#take(next)) }
  }

  compare(cell: CellId, before: Picture, after: Picture, alt: string): void {
    const loads = [this.#take(before), this.#take(after)] as const
    const show = async (): Promise<void> => {
      const content = { before: await this.#store(loads[0]), after: await this.#store(loads[1]) }
      this.#update(cell, { kind: 'compare', ...content, alt })
    }
    this.#session.track(show())
  }

  gallery(cell: CellId, items: readonly { image: Picture; alt: string; caption?: string }[]): void {
    const loads = items.map(({ image, ...words }) => ({ load: this.#take(image), ...words }))
    const show = async (): Promise<void> => {
      const stored = []
      for (const { load, ...words } of loads) stored.push({ image: await this.#store(load), ...words })
      this.#update(cell, { kind: 'gallery', items: stored })
    }
    this.#session.track(show())
  }

  #take(picture: Picture): Load {
    return takePicture(picture, this.#session.options.baseDir)
  }

  async #store(load: Load): Promise<ImageRef> {
    return await storePicture(this.#session.folder, await load())
  }

  #update(cell: CellId, content: CellContent): void {
    this.#session.write({ type: 'update', cell, content })
  }
}
