import sharp from 'sharp'

/** Pixels of a pattern; `phase` moves it, so that pictures differ. */
export function pattern(width: number, height: number, channels: 3 | 4, phase: number): Buffer {
  const data = Buffer.alloc(width * height * channels)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += channels) {
      const [u, v] = [x / width - 0.5, y / height - 0.5]
      const r = Math.hypot(u, v * 0.8)
      const wave = Math.sin(14 * r - phase * 2 + 3 * Math.sin(5 * u + phase) + 2 * Math.cos(6 * v - phase))
      data[at] = 128 + 110 * wave
      data[at + 1] = 128 + 100 * Math.sin(wave * 2 + u * 4 + phase)
      data[at + 2] = 150 + 90 * Math.cos(wave * 1.5 - v * 5)
      if (channels === 4) data[at + 3] = r < 0.48 ? 255 : 0
    }
  }
  return data
}

/** A WebP of twelve frames. */
export async function animation(): Promise<Buffer> {
  const [width, height, pages] = [160, 120, 12]
  const frames = Buffer.concat(Array.from({ length: pages }, (_, frame) => pattern(width, height, 3, frame / 2)))
  const image = sharp(frames, { raw: { width, height: height * pages, channels: 3, pageHeight: height } })
  return await image.webp({ quality: 60, delay: Array(pages).fill(83) }).toBuffer()
}
