/** Where a picture of prose lies: a file of the notebook, or the text itself. Nothing is fetched from a network. */
export type PictureSource = { path: string } | { data: Buffer }

export function imageSource(url: string): PictureSource | undefined {
  if (/^assets\/[^:]+$/.test(url)) return { path: url }
  const data = /^data:image\/[\w.+-]+;base64,([\w+/=\s]+)$/.exec(url)?.[1]
  return data === undefined ? undefined : { data: Buffer.from(data, 'base64') }
}
