/**
 * The layers that somebody typed, `'conv4_2, conv5_1'`, or those that the network does best with where nothing was typed. Whether they
 * exist is checked where they are used, against the network.
 */
export function layersFrom(text: string, taste: readonly string[]): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  const given = names.filter((name) => name !== '')
  return given.length > 0 ? given : taste
}
