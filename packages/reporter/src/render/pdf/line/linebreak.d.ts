declare module 'linebreak' {
  /** Opportunities to break a line by UAX 14. */
  export default class LineBreaker {
    constructor(text: string)
    nextBreak(): { position: number; required: boolean } | null
  }
}
