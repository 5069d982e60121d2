/** Random texts and values, the same for the same seed (mulberry32). */
export interface Random {
  below(count: number): number
  pick<T>(from: readonly T[]): T
  text(alphabet: string, least: number, most: number): string
  /** cuts a text into pieces of up to four characters */
  pieces(text: string): string[]
  /** hides a text in a value: in arrays, as a value or as a key of objects, within longer texts */
  nest(text: string, depth: number): unknown
}

export function createRandom(seed: number): Random {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const random: Random = {
    below: (count) => Math.floor(next() * count),
    pick: (from) => from[random.below(from.length)]!,
    text(alphabet, least, most) {
      const characters = Array.from(alphabet)
      return Array.from({ length: least + random.below(most - least + 1) }, () => random.pick(characters)).join('')
    },
    pieces(text) {
      const found: string[] = []
      for (let at = 0; at < text.length;) {
        const length = 1 + random.below(4)
        found.push(text.slice(at, at + length))
        at += length
      }
      return found
    },
    nest(text, depth) {
      if (depth === 0) return random.pick([text, `before ${text} after`, `${text}${text}`])
      const inner = random.nest(text, depth - 1)
      return random.pick([[1, inner], { a: inner }, { [`key ${text}`]: inner }, [null, { b: [inner, text] }]])
    },
  }
  return random
}
