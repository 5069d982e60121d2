import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('painting-main.ts', import.meta.url))

test('a painting killed with -9, twice, and run again ends with the same picture', { timeout: 120_000 }, async () => {
  const [whole, killed] = [await newFolder(), await newFolder()]
  const all = await paint(whole)
  const first = await paint(killed, 3)
  const second = await paint(killed, 11)
  expect(existsSync(join(killed, 'result.bin'))).toBe(false)
  const rest = await paint(killed)
  expect(first.at(-1)).toBeGreaterThanOrEqual(3)
  // A step may be saved and not told of any more.
  expect(second[0]).toBeGreaterThan(first.at(-1)!)
  expect(rest[0]).toBeGreaterThan(second.at(-1)!)
  expect(rest.at(-1)).toBe(all.at(-1))
  const [theirs, ours] = await Promise.all([whole, killed].map((folder) => readFile(join(folder, 'result.bin'))))
  expect(ours!.equals(theirs!)).toBe(true)
})

/** Paints in a process of its own, killed with SIGKILL once it says it has taken `killAt` steps. Returns the steps whose checkpoints lie. */
async function paint(folder: string, killAt = Infinity): Promise<number[]> {
  const child = spawn(process.execPath, [PROGRAM, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  const steps: number[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    steps.push(Number(line))
    if (Number(line) >= killAt) child.kill('SIGKILL')
  }
  const [code, signal] = (await exit) as [number | null, string | null]
  expect(killAt === Infinity ? code : signal).toBe(killAt === Infinity ? 0 : 'SIGKILL')
  return steps
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'painting-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}
