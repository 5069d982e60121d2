import type { InventoryFile } from './inventory.ts'

/** A file of this size travels on its own, and goes on where it was cut. */
const LARGE_BYTES = 16 << 20
/** As many streams side by side as fill a long line; fewer for little. */
const LOTS = 4
const LOT_BYTES = 4 << 20

/** How files travel: large ones one by one, the others together in a few streams. */
export function toLots(files: readonly InventoryFile[]): { large: InventoryFile[]; lots: InventoryFile[][] } {
  const isLarge = ({ path, size }: InventoryFile) => path === '' || size >= LARGE_BYTES
  const lots: { files: InventoryFile[]; bytes: number }[] = []
  for (const file of files.filter((one) => !isLarge(one)).toSorted((a, b) => b.size - a.size)) {
    const least = lots.toSorted((a, b) => a.bytes - b.bytes)[0]
    if (least && (lots.length === LOTS || least.bytes < LOT_BYTES)) {
      least.files.push(file)
      least.bytes += file.size
    } else lots.push({ files: [file], bytes: file.size })
  }
  return { large: files.filter(isLarge), lots: lots.map((lot) => lot.files) }
}
