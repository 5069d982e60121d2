import type { HostInfo } from '../wire/protocol.ts'
import type { Clocks } from './clocks.ts'
import type { Folders } from './folders.ts'
import type { Session } from './session.ts'
import type { HostStore } from './store.ts'

/** What the sessions of one agent share. */
export interface Host {
  /** hash of the sources this agent runs from */
  readonly agent: string
  readonly socket: string
  readonly folders: Folders
  readonly store: HostStore
  readonly view: HostInfo['view']
  readonly clocks: Clocks
  readonly sessions: Map<string, Session>
  readInfo(): Promise<HostInfo>
  end(options: { powerOff: boolean }): Promise<void>
}
