import { setFlagsFromString } from 'node:v8'
import sharp from 'sharp'
import { NotebookError } from '../../errors.ts'
import { renderNotebook } from '../notebook.ts'
import type { RenderRequest, RenderResponse } from './renderer.ts'

/** The process of {@link file://./renderer.ts}: renders what it is asked to, one notebook after the other. */

// What is alive takes 60 MB; V8 would let garbage grow to three times that before it looks.
setFlagsFromString('--heap-growing-percent=40')
// No picture is decoded twice, so none is kept: sharp would keep 50 MB of them.
sharp.cache(false)

// A Ctrl+C reaches every process of a terminal; how a run ends is for the run to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

let last: Promise<void> = Promise.resolve()
process.on('message', (request: RenderRequest) => {
  last = last.then(() => answer(request))
})
process.once('disconnect', () => process.exit())

async function answer({ id, folder, options }: RenderRequest): Promise<void> {
  const response = await renderNotebook(folder, options).then(
    (done): RenderResponse => ({ id, done }),
    (error: Error): RenderResponse => ({
      id,
      code: error instanceof NotebookError ? error.code : 'NOTEBOOK_RENDER',
      message: error.message,
    }),
  )
  if (process.connected) process.send!(response)
}
