import { start } from '../agent/entry-function.ts'

/** The main module of a worker on this machine: the same one as on hosts, with the parent at the other end. */
const send = process.send?.bind(process)
if (!send) throw new Error('This is a bug: a worker without a parent')

process.once('disconnect', () => process.exit(0))
const waiting: unknown[] = []
let hear: ((message: unknown) => void) | undefined
// Only what has the form of ours: the task's own messages travel within it.
const receive = (message: unknown): void => {
  if (typeof message !== 'object' || message === null || !('vitestEc2' in message)) return
  if (hear) hear(message.vitestEc2)
  else waiting.push(message.vitestEc2)
}
const first = new Promise<unknown>((resolve) => {
  process.once('message', (data) => {
    process.on('message', receive)
    resolve((data as { vitestEc2: unknown }).vitestEc2)
  })
})

await start(
  {
    send: (message) => void send({ vitestEc2: message }),
    onMessage(listener) {
      hear = listener
      for (const message of waiting.splice(0)) listener(message)
    },
    report: () => {}, // nobody is lost here
    onClose: () => {},
  },
  await first,
)
