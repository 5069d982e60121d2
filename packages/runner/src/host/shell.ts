/** A word of a shell command line, whatever is in it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

export function toCommandLine(words: readonly string[]): string {
  return words.map(quote).join(' ')
}
