// Tasks of the pools' contract: each export takes one argument, as Tinypool's do.
import { isMainThread, threadId } from 'node:worker_threads'

export default (n) => n * 2
export const nothing = () => undefined
export const none = () => null
export const echo = (value) => value
export const place = () => `${process.pid} ${isMainThread ? 0 : threadId}`
export const wait = async (ms) => {
  await new Promise((resolve) => setTimeout(resolve, ms))
  return ms
}
export const fail = ({ message, code }) => {
  throw Object.assign(new RangeError(message), { code })
}
export const bytes = (buffer) => new Uint8Array(buffer).length
export const talk = async (name) => {
  const answer = new Promise((resolve) => process.once('message', resolve))
  process.send(`hello ${name}`)
  return await answer
}
export const die = () => process.exit(3)
