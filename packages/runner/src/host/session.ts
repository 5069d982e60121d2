import { randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { createCaller } from '../wire/calls.ts'
import { MessageStream } from '../wire/message-stream.ts'
import type { AgentEvent } from '../wire/protocol.ts'
import { fetchWritten } from './fetch-written.ts'
import type { HostSession } from './host-session.ts'
import type { Link } from './link.ts'
import { createMirrors } from './mirrors.ts'
import { readNetwork } from '../wire/network.ts'
import { startPings } from './pings.ts'
import { createPortForwards } from './port-forwards.ts'
import type { Ports } from './ports.ts'
import { createRemoteWorker, type WorkerHandle } from './remote-worker.ts'
import { createUploads } from './uploads.ts'
import { createWorkerStreams } from './worker-streams.ts'

const GOODBYE_MS = 2000

/** Packs up to this size travel as a message, which other messages have to wait for. */
const MESSAGE_BYTES = 128 << 10

/** Opens a session with an agent that runs. @throws Ec2Error when it does not answer, or is another version */
export async function startSession(link: Link, ports: Ports): Promise<HostSession> {
  const session = randomUUID()
  const workers = new Map<string, WorkerHandle>()
  let supply: Parameters<HostSession['onMissedPackage']>[0] = async () => ({})
  const spotListeners = new Set<(at: Date) => void>()
  const control = new MessageStream()
  const mirrors = createMirrors()
  const streams = createWorkerStreams((stream, worker) => link.keep(stream, { role: 'worker', session, worker }))
  const uploads = createUploads({
    open: (role) => link.open(role, { bulk: true, apart: true }),
    again: (duplex, role) => link.again(duplex, role),
  })
  const caller = createCaller(control, onEvent)
  await link.keep(control, { role: 'control', session, resume: false })
  // From now on the agent has to know it.
  const info = await caller.call('info')
  streams.prepare(1)
  const isNear = info.network === (await readNetwork())
  const forwards = isNear ? undefined : createPortForwards(link, ports)
  const pinging = startPings(
    () => caller.call('touch', Date.now()),
    (cause) => link.drop(cause),
  )

  void control.closed.then((reason) => link.close(reason))
  void link.closed.then((reason) => {
    pinging.stop()
    control.close(reason)
    mirrors.close(reason)
    forwards?.close()
    for (const worker of workers.values()) worker.lose(reason)
    workers.clear()
  })

  return {
    info,
    closed: link.closed,
    call: (method, ...params) => caller.call(method, ...params),
    async upload({ hash, size }, content) {
      // What is that small is there before a stream for it is open, and needs no second connection.
      if (size <= MESSAGE_BYTES) return await caller.call('receive', hash, await buffer(content))
      await uploads.send({ hash, size }, content)
    },
    async spawnWorker(view, { gpus, ...options }) {
      const { id, stream } = await streams.take()
      const handle = createRemoteWorker(stream, {
        kill: (signal) => caller.call('kill', id, signal),
        took: (name, bytes) => void caller.call('took', id, name, bytes).catch(() => {}),
      })
      workers.set(id, handle)
      void handle.closed.then(() => {
        workers.delete(id)
        forwards?.workerEnded(id)
      })
      const started = caller.call('spawn', { ...options, id, view, gpus: [...gpus] }).then(({ pid }) => pid)
      started.catch((error: Error) => handle.fail(error))
      streams.prepare(workers.size)
      return handle.worker(started)
    },
    async mirror(view, folder) {
      await mirrors.open(view, folder, (stream) => link.keep(stream, { role: 'mirror', session }, { bulk: true }))
      await caller.call('mirror', view, folder)
    },
    async drainMirror(view) {
      await mirrors.caughtUp(await caller.call('drainMirror', view))
    },
    fetchWritten: (view, root, file) =>
      fetchWritten((...params) => caller.call('readFile', ...params), view, root, file),
    onMissedPackage: (listener) => void (supply = listener),
    onSpotNotice: (listener) => void spotListeners.add(listener),
    async close({ end = false, powerOff = false } = {}) {
      link.letGo() // the agent cuts the streams as soon as it hears of it
      if (end || powerOff) await inTime(caller.call('end', { powerOff }).catch(() => {}))
      else {
        // The agent ends what belongs to the session when it hears that nothing more comes.
        control.end()
        await inTime(control.flushed())
      }
      link.close({ by: 'us' })
      await link.connection.close()
    },
  }

  function onEvent(event: AgentEvent): void {
    if (event.event === 'spot-notice') for (const listener of spotListeners) listener(new Date(event.at))
    else if (event.event === 'missed-package') {
      const { request, view, name, from } = event
      void supply(view, { name, from })
        .then((found) => caller.call('supply', request, found))
        .catch(() => {}) // the host is gone, and its worker with it
    } else if (event.event === 'listen') {
      if (workers.has(event.worker)) forwards?.changed(event)
    } else workers.get(event.worker)?.receive(event)
  }
}

/** A host that does not answer does not keep us. */
async function inTime(goodbye: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GOODBYE_MS)
  })
  await Promise.race([goodbye, late])
  clearTimeout(timer)
}
