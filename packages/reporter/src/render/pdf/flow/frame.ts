/** Something around slices: a card, a bar at the side, a table whose header is repeated. */
export interface Frame {
  /** draws what lies below the slices on one page */
  draw?(extent: Extent): void
  /** drawn above the first slice on each further page */
  repeat?: { height: number; draw(y: number): void }
}

/** The part of a frame that lies on one page. */
export interface Extent {
  top: number
  bottom: number
  /** the frame begins on this page */
  starts: boolean
  /** the frame ends on this page */
  ends: boolean
}
