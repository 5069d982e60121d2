import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hashLines, toText } from '../wire/tree.ts'
import { keepFile } from './keep-file.ts'
import { removeOldest } from './remove-old.ts'

/** A tree that hosts were given whole. */
export interface BaseTree {
  hash: string
  /** see `describeTree`; nothing when they are lost */
  lines(): Promise<readonly string[] | undefined>
}

/** The last such tree of each kind, remembered from run to run: what differs from it can travel as a layer above it. */
export interface BaseTrees {
  get(kind: string): Promise<BaseTree | undefined>
  /** never throws: it only saves time */
  set(kind: string, tree: { hash: string; lines: readonly string[] }): Promise<void>
}

/** Kinds remembered: a workspace, and each set of packages that its test files need. */
const MAX_KINDS = 64

/** Each lies in a file that is named after its kind and its hash. */
export function openBaseTrees(cacheDir: string): BaseTrees {
  const folder = join(cacheDir, 'trees')
  return {
    async get(kind) {
      const prefix = toPrefix(kind)
      const name = (await list(folder)).find((one) => one.startsWith(prefix))
      if (name === undefined) return undefined
      const hash = name.slice(prefix.length)
      return { hash, lines: () => load(join(folder, name), hash) }
    },
    async set(kind, { hash, lines }) {
      const prefix = toPrefix(kind)
      const file = join(folder, `${prefix}${hash}`)
      if (!(await keepFile(file, toText(lines)))) return // the one before is better than none
      const others = (await list(folder)).map((name) => join(folder, name)).filter((one) => one !== file)
      const same = others.filter((one) => one.startsWith(join(folder, prefix)))
      await Promise.all(same.map((one) => rm(one, { force: true }).catch(() => {})))
      await removeOldest(folder, MAX_KINDS)
    },
  }
}

function toPrefix(kind: string): string {
  return `${createHash('sha256').update(kind).digest('hex').slice(0, 16)}-`
}

async function load(file: string, hash: string): Promise<readonly string[] | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const lines = text.split('\n').slice(0, -1)
  return hashLines(lines) === hash ? lines : undefined
}

async function list(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => [])
}
