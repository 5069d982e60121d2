import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Beside the journal while the notebook can be talked to; never archived. */
export const ENDPOINT_FILE = '.endpoint.json'

/**
 * Where a running notebook listens, on 127.0.0.1 (a pool forwards the same port of a host). Requests carry
 * `Authorization: Bearer <token>`. It takes:
 *
 * - `POST /answer/<cell>` with `{ values: { field: value } }`: 204, or 400 with a sentence; pictures as `{ name, data: base64 }`
 * - anything at `/serve/<path>`: what the experiment serves
 * - `POST /complete` with `{ dir, url? }`: the reports are there
 */
export interface EndpointAddress {
  port: number
  token: string
}

/** @returns undefined when the notebook does not listen, now or any more */
export async function readEndpoint(folder: string): Promise<EndpointAddress | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, ENDPOINT_FILE), 'utf8')) as EndpointAddress
  } catch {
    return undefined
  }
}
