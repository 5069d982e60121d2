import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

const SAMPLE_MS = 50

/** The most memory that a process has had in it (MB of 10^6 bytes). Linux only. */
export async function peakOf(pid: number): Promise<number> {
  return field(await readFile(`/proc/${pid}/status`, 'utf8'), 'VmHWM')
}

/**
 * The most memory that processes started by this one have while an action runs (MB of 10^6 bytes), each page that several share
 * counted once. It is looked at 20 times a second, so a short peak may be missed. Linux only.
 */
export async function peakOfChildren(action: () => Promise<void>): Promise<number> {
  let [peak, isOver] = [0, false]
  const watching = (async () => {
    while (!isOver) {
      const shares = (await descendants(process.pid)).map((pid) =>
        readFile(`/proc/${pid}/smaps_rollup`, 'utf8').then(
          (text) => field(text, 'Pss'),
          () => 0,
        ),
      )
      peak = Math.max(
        peak,
        (await Promise.all(shares)).reduce((sum, one) => sum + one, 0),
      )
      await sleep(SAMPLE_MS)
    }
  })()
  try {
    await action()
  } finally {
    isOver = true
    await watching
  }
  return peak
}

async function descendants(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => [])
  const lists = tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => ''))
  const children = (await Promise.all(lists))
    .flatMap((list) => list.trim().split(' '))
    .filter(Boolean)
    .map(Number)
  const below = await Promise.all(children.map(descendants))
  return [...children, ...below.flat()]
}

function field(text: string, name: string): number {
  return (Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024) / 1e6
}
