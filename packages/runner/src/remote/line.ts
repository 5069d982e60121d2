import { Ec2Error } from '../errors.ts'
import type { Connection } from '../host/connection.ts'

/** The connection to a host, dialled when it is needed and again when it was lost. */
export interface Line {
  get(): Promise<Connection>
  /** a fresh one, whatever the present one says of itself */
  renew(): Promise<Connection>
  close(): Promise<void>
}

export function openLine(dial: () => Promise<Connection>): Line {
  let current: Promise<Connection> | undefined
  let isClosed = false

  const open = (): Promise<Connection> => {
    if (isClosed) throw new Ec2Error('EC2_ABORTED', 'The host was closed')
    const opening = dial()
    current = opening
    const forget = () => {
      if (current === opening) current = undefined
    }
    opening.then((connection) => void connection.closed.then(forget), forget)
    return opening
  }

  return {
    get: async () => await (current ?? open()),
    async renew() {
      const old = current
      current = undefined
      await (await old?.catch(() => undefined))?.close()
      return await open()
    },
    async close() {
      isClosed = true
      await (await current?.catch(() => undefined))?.close()
    },
  }
}
