import { encode } from '../wire/codec.ts'
import type { MessageStream } from '../wire/message-stream.ts'
import type { MirrorEvent } from '../wire/protocol.ts'

export type MirrorNews =
  | { kind: 'data'; path: string; offset: number; data: Uint8Array; truncate: boolean; size: number }
  | { kind: 'delete'; path: string }

/** Tells of one folder, no faster than the client takes it. */
export interface MirrorTeller {
  tell(news: MirrorNews): Promise<void>
}

/** The mirror stream of a session, shared by its folders. */
export class MirrorOutlet {
  readonly stream: MessageStream
  #told = 0

  constructor(stream: MessageStream) {
    this.stream = stream
  }

  /** events so far */
  get told(): number {
    return this.#told
  }

  toTeller(view: string, folder: string): MirrorTeller {
    return {
      tell: async (news) => {
        await this.stream.drained()
        this.#told += 1
        this.stream.send(encode({ view, folder, ...news } satisfies MirrorEvent))
      },
    }
  }
}
