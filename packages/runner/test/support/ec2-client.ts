/**
 * A client in a process of its own, to be killed. Launches, or takes a warm host over, connects when asked to,
 * says so on a line each, and waits.
 * Arguments: state folder, `launch`, `connect` or `warm`, idle time of the host (ms), its maximum age.
 */
import { createEc2Provider } from '../../src/ec2/ec2-provider.ts'
import { resolveOptions } from '../../src/options-resolve.ts'
import type { Duration } from '../../src/options.ts'
import { connectSsh } from '../../src/ssh/connect-ssh.ts'

const [stateDir = '', until = 'launch', idleMs = '300000', maxAge = '1h'] = process.argv.slice(2)
const signal = new AbortController().signal
const provider = createEc2Provider({
  settings: resolveOptions({ maxAge: maxAge as Duration }),
  run: `run-${process.pid}`,
  connect: connectSsh,
  stateDir,
  idleMs: Number(idleMs),
})
const wanted = { kind: 'default', spec: {}, maxHosts: 1 }
await provider.plan(wanted)
const host =
  until === 'warm'
    ? (await provider.findWarm(wanted))[0]!
    : await provider.launch(wanted, { run: 'run', attempt: 1, signal, onPhase: () => {} })
console.log(`launched ${host.id}`)
if (until !== 'launch') {
  await host.connect({ signal, onPhase: () => {} })
  console.log('connected')
}
setInterval(() => {}, 1000)
