const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Ends what costs money before a signal ends this process, which Node does at once where nobody listens.
 * @returns what takes the listeners away again
 */
export function closeWithProcess(close: () => Promise<void>): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    undo()
    void close().finally(() => {
      // Whoever else listens decides; where nobody does, the signal does what it would have done.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
    })
  }
  const undo = (): void => {
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return undo
}
