import { deserialize, serialize } from 'node:v8'
import { expect, test } from 'vitest'
import type { Checkpoint } from 'vitest-notebook'
import { openAlbum } from './album.ts'

test('an album that is cut off at any result goes on with that one, on each of its pages', async () => {
  const make = (index: number) => Promise.resolve(Float32Array.of(index, 2 * index))
  for (const cutAt of [0, 1, 2, 3, 4]) {
    const checkpoint = checkpointInMemory()
    const made: string[] = []
    const fill = async (cut: number) => {
      const album = await openAlbum({ checkpoint })
      const once = (page: string) => (index: number) => {
        if (made.length === cut) throw new Error('cut off')
        made.push(`${page} ${index}`)
        return make(index)
      }
      return [await album.fill('keys', 2, once('keys')), await album.fill('film', 3, once('film'))]
    }
    await expect(fill(cutAt)).rejects.toThrow('cut off')
    const [keys, film] = await fill(Infinity)
    expect(made).toEqual(['keys 0', 'keys 1', 'film 0', 'film 1', 'film 2'])
    expect(keys).toEqual([await make(0), await make(1)])
    expect(film).toEqual([await make(0), await make(1), await make(2)])
  }
})

/** Keeps a state as a file would: what is changed after it was saved is not in it. */
function checkpointInMemory(): Checkpoint {
  let bytes: Uint8Array | undefined
  return {
    load: <T>() => Promise.resolve(bytes && (deserialize(bytes) as T)),
    save(state) {
      bytes = serialize(state)
      return Promise.resolve()
    },
  }
}
