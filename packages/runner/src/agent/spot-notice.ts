import { openInstanceMetadata } from './instance-metadata.ts'

const EVERY_MS = 5000
/** Failures in a row, from the start, after which this is no EC2 instance. */
const HOPELESS_AFTER = 3

/** Asks the instance's metadata whether this spot instance is to be taken away, and tells when, once. */
export function watchSpotNotice(
  onNotice: (at: Date) => void,
  { endpoint, everyMs = EVERY_MS }: { endpoint?: string; everyMs?: number } = {},
): { stop(): void } {
  const metadata = openInstanceMetadata(endpoint)
  let failures = 0
  let isStopped = false
  let timer: NodeJS.Timeout | undefined

  const look = async () => {
    try {
      const { status, text } = await metadata.get('spot/instance-action')
      failures = Number.NEGATIVE_INFINITY
      // 404: no notice. `stop` and `hibernate` take the instance away just as `terminate` does.
      if (status === 200) {
        onNotice(new Date((JSON.parse(text) as { time: string }).time))
        return
      }
    } catch {
      failures += 1
      if (failures >= HOPELESS_AFTER) return
    }
    if (!isStopped) timer = setTimeout(() => void look(), everyMs)
  }
  void look()
  return {
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
