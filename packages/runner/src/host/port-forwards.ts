import type { AgentEvent } from '../wire/protocol.ts'
import type { Connection } from './connection.ts'
import { joinPort } from './join-port.ts'
import type { Ports } from './ports.ts'

type Listening = Extract<AgentEvent, { event: 'listen' }>

export interface PortForwards {
  changed(event: Listening): void
  workerEnded(worker: string): void
  close(): void
}

/** What workers of one host listen on there is at the same port of 127.0.0.1 here, as long as they do. */
export function createPortForwards(link: { readonly connection: Connection }, ports: Ports): PortForwards {
  const forwards = new Map<string, { worker: string; release: () => void }>()
  const end = (key: string) => {
    forwards.get(key)?.release()
    forwards.delete(key)
  }
  return {
    changed({ worker, port, host, open }) {
      const key = `${worker} ${host} ${port}`
      if (!open) return end(key)
      if (forwards.has(key)) return
      const release = ports.claim(port, {
        host: link.connection.name,
        join: (socket) => void joinPort(socket, () => link.connection, host, port),
      })
      forwards.set(key, { worker, release })
    },
    workerEnded(worker) {
      for (const [key, forward] of forwards) if (forward.worker === worker) end(key)
    },
    close() {
      for (const key of forwards.keys()) end(key)
    },
  }
}
