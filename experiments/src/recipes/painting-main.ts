/**
 * For tests: paints a small picture in a process of its own, with a checkpoint after each step as experiments write them.
 *
 *     node painting-main.ts FOLDER
 *
 * Goes on from `FOLDER/checkpoint.bin` where there is one; writes the step to standard output, and the result to `FOLDER/result.bin`.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { createOnnxEngine } from '../engines/onnx/engine.ts'
import { loadNetwork } from '../networks/registry.ts'
import { toBytes } from '../pictures/files.ts'
import { plasma } from '../pictures/plasma.ts'
import type { EnlargingState } from './enlarging.ts'
import { styleTransfer } from './style-transfer.ts'

const folder = process.argv[2]!
const checkpoint = join(folder, 'checkpoint.bin')
const photograph = plasma({ width: 100, height: 96 }, { seed: 8 })
const painting = plasma({ width: 96, height: 96 }, { seed: 9, amplitude: 90 })
const engine = await createOnnxEngine({ threads: 1 })
const resume = existsSync(checkpoint) ? (deserialize(readFileSync(checkpoint)) as EnlargingState) : undefined
let result = photograph
const options = { photograph, painting, scales: 2, steps: 8 }
for await (const { step, pixels, state } of styleTransfer(await loadNetwork('default'), options, { engine, resume })) {
  result = pixels
  writeFileSync(`${checkpoint}.tmp`, serialize(state))
  renameSync(`${checkpoint}.tmp`, checkpoint)
  process.stdout.write(`${step}\n`)
}
writeFileSync(join(folder, 'result.bin'), toBytes(result))
