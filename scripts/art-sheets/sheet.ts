import sharp from 'sharp'
import { toPng } from '../../experiments/src/pictures/files.ts'
import type { Picture } from '../../experiments/src/pictures/picture.ts'

const GAP = 8

/** Pictures of one size in rows, as a JPEG. */
export async function toSheet(rows: readonly (readonly Picture[])[]): Promise<Uint8Array> {
  const { width, height } = rows[0]![0]!
  const columns = Math.max(...rows.map((row) => row.length))
  const placed = rows.flatMap((row, y) =>
    row.map(async (picture, x) => ({
      input: Buffer.from(await toPng(picture)),
      left: GAP + x * (width + GAP),
      top: GAP + y * (height + GAP),
    })),
  )
  const size = { width: GAP + columns * (width + GAP), height: GAP + rows.length * (height + GAP) }
  return await sharp({ create: { ...size, channels: 3, background: '#fff' } })
    .composite(await Promise.all(placed))
    .jpeg({ quality: 90 })
    .toBuffer()
}
