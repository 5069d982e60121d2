import { connect } from 'node:net'

/** Whether somebody listens at a socket. */
export async function isAnswering(socket: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = connect(socket)
    probe.once('connect', () => resolve(true)).once('error', () => resolve(false))
    probe.once('connect', () => probe.destroy())
  })
}
