import { runInNewContext } from 'node:vm'
import { setFlagsFromString } from 'node:v8'
import { createLightFleet } from '../packages/runner/test/support/light-fleet.ts'
import { median, type Bench, type Row } from './measure.ts'

const SLOTS = 8
const TASKS_PER_SLOT = 20
const HOSTS = 64
const FEW_HOSTS = 8
const MEASURED_HOSTS = 512
const RUNS = 5
const { signal } = new AbortController()
const REQUEST = { kind: 'default', root: '/', revision: 0, packages: [], outputs: [], signal, onPhase: () => {} }

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const bench: Bench = {
  title: 'What a client does for many hosts',
  peer: '8 hosts',
  note: `${SLOTS} slots per host, ${TASKS_PER_SLOT} leases per slot that all wait from the beginning. Hosts cost nothing but what the client does for them: no machine, no bytes. Processor time is per lease, memory per host.`,
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  await measure(FEW_HOSTS)
  const [ours, peer] = [[] as Measured[], [] as Measured[]]
  for (let round = 0; round < RUNS; round += 1) {
    ours.push(await measure(HOSTS))
    peer.push(await measure(FEW_HOSTS))
  }
  const of = (all: Measured[], what: keyof Measured) => median(all.map((one) => one[what]))
  const figures = { 'processor time per lease': ['cpu', 'µs'], 'memory per host': ['memory', 'KB'] } as const
  for (const [name, [what, unit]] of Object.entries(figures)) {
    yield { name: `${name}, ${HOSTS} hosts`, unit, ours: of(ours, what), peer: of(peer, what), goal: 1.5 }
  }
}

interface Measured {
  /** µs per lease */
  cpu: number
  /** KB per host, while all its slots are held */
  memory: number
}

async function measure(hosts: number): Promise<Measured> {
  return { memory: await measureMemory(hosts), cpu: await measureTime(hosts) }
}

/** Of as many hosts as make a difference to the heap, in fleets of that size. */
async function measureMemory(hosts: number): Promise<number> {
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  const fleets = Array.from({ length: MEASURED_HOSTS / hosts }, () => createLightFleet({ hosts, slots: SLOTS }).fleet)
  const held = await Promise.all(
    fleets.flatMap((fleet) => Array.from({ length: hosts * SLOTS }, () => fleet.lease(REQUEST))),
  )
  collectGarbage()
  const memory = (process.memoryUsage().heapUsed - before) / MEASURED_HOSTS / 1000
  for (const lease of held) lease.release()
  await Promise.all(fleets.map((fleet) => fleet.close()))
  return memory
}

async function measureTime(hosts: number): Promise<number> {
  const { fleet } = createLightFleet({ hosts, slots: SLOTS })
  const held = await Promise.all(Array.from({ length: hosts * SLOTS }, () => fleet.lease(REQUEST)))
  for (const lease of held) lease.release()
  const leases = hosts * SLOTS * TASKS_PER_SLOT
  const start = process.cpuUsage()
  await Promise.all(
    Array.from({ length: leases }, async () => {
      const lease = await fleet.lease(REQUEST)
      await new Promise(setImmediate)
      lease.release()
    }),
  )
  const { user, system } = process.cpuUsage(start)
  await fleet.close()
  return (user + system) / leases
}
