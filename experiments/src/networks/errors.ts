export interface NetworkErrorOptions {
  /** what to do about it */
  readonly fix?: string
  readonly cause?: unknown
}

/** A network's weights cannot be had, or are not those that were expected. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError'
  readonly code: 'NETWORK_UNAVAILABLE' | 'NETWORK_CHANGED'
  readonly fix: string | undefined
  /** the network and the file in question */
  readonly data: Readonly<{ network: string; file: string }>

  constructor(
    code: NetworkError['code'],
    message: string,
    data: NetworkError['data'],
    { fix, cause }: NetworkErrorOptions = {},
  ) {
    super(fix ? `${message}\n${fix}` : message, cause === undefined ? undefined : { cause })
    this.code = code
    this.fix = fix
    this.data = data
  }
}
