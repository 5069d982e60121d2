// Functions that tests of workers call on a host.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
export const look = () => ({
  cwd: process.cwd(),
  env: { ...process.env },
  tmp: readdirSync('/tmp'),
  argv: process.execArgv,
})
export const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)
export const write = (path, data) => writeFileSync(path, data)
export const append = (path, data) => appendFileSync(path, data)
export const remove = (path) => rmSync(path, { recursive: true })
export const list = (path) => readdirSync(path)
export const echo = (value) => value
export const pid = () => process.pid
export const fail = () => {
  throw Object.assign(new RangeError('too far'), { cause: { at: 7 } })
}
export const cannotTravel = () => () => {}
export const say = async (bytes) => {
  const line = 'x'.repeat(1023) + '\n'
  for (let left = bytes; left > 0; left -= 1024) if (!process.stdout.write(line)) await once(process.stdout, 'drain')
  await new Promise((resolve) => process.stdout.write('', resolve)) // what `process.exit` finds here is lost
}
export const count = async (lines) => {
  for (let i = 0; i < lines; i += 1) if (!process.stdout.write(`${i}\n`)) await once(process.stdout, 'drain')
}
export const both = () => {
  console.log('out')
  console.error('err')
}
export const exit = (code) => process.exit(code)
export const hang = () => {
  for (;;);
}
export const startDetached = (seconds) => {
  spawn('sleep', [`${seconds}1`], { detached: true, stdio: 'ignore' }).unref()
  spawn('setsid', ['-f', 'sleep', `${seconds}2`], { stdio: 'ignore' })
}
export const waitForAbort = async (signal) => {
  await once(signal, 'abort')
  return 'aborted: ' + signal.reason
}
