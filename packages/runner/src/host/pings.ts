const EVERY_MS = 2500
/** A laptop that slept, a host that is busy: both are silent for a while and are not lost. */
const SILENCE_MS = 10_000

/**
 * Pings until stopped: the agent answers, not the worker, which may block its event loop as long as it likes.
 * `onSilence` is called each time nothing was heard for too long.
 */
export function startPings(
  ping: () => Promise<unknown>,
  onSilence: (cause: Error) => void,
  { everyMs = EVERY_MS, silenceMs = SILENCE_MS } = {},
): { stop(): void } {
  let heardAt = performance.now()
  let openPings = 0
  const timer = setInterval(() => {
    // NOTE: a client that was stopped itself finds the clock far ahead: it asks once more before it complains.
    if (openPings > 0 && performance.now() - heardAt > silenceMs) {
      heardAt = performance.now()
      onSilence(new Error(`The host was silent for ${silenceMs / 1000} s`))
      return
    }
    openPings += 1
    ping().then(
      () => {
        heardAt = performance.now()
        openPings = 0
      },
      () => {}, // the stream is closed: told elsewhere
    )
  }, everyMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
