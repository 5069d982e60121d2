export interface Command {
  /** how it is called, and its flags with their defaults */
  usage: string
  /** @returns the exit code */
  run(args: string[]): Promise<number>
}

/** The words of a call are off: the usage is shown with it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
