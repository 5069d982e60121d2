import { Ec2Error } from '../errors.ts'
import type { SyncedTrees, SyncRequest } from '../fleet/fleet-options.ts'
import { openBaseTrees } from './base-trees.ts'
import { deliver, isOutOfReach } from './deliver.ts'
import { findCacheDir, openHashCache, type HashCache } from './hash-cache.ts'
import { HOST_PLATFORM } from './host-platform.ts'
import { ChangedFile } from './pack-stream.ts'
import { planSync, type PlanOptions } from './plan.ts'
import { createShelf, type Shelf } from './shelf.ts'
import { createSpool } from './spool.ts'
import { createBuildStage } from './stage-builds.ts'
import type { BlobStore, SyncTarget } from './sync-target.ts'
import { chooseWay, expectedTrees, findWays, namesOf, type TreeWays } from './tree-ways.ts'

export interface WorkspaceSyncOptions {
  /** globs relative to the workspace root, besides what git lists; none */
  include?: readonly string[]
  /** globs relative to the workspace root, and packages by `node_modules/NAME`; none */
  exclude?: readonly string[]
  /** bytes of the workspace's files; 1 GB */
  maxBytes?: number
  /** where packs lie between runs; asked for when first needed; without it they go straight to the host */
  blobs?: () => Promise<BlobStore | undefined>
  /** by default the user's own cache folder */
  cacheDir?: string
  /** hears a sentence about each thing that does not travel, once */
  onNotice?: (message: string) => void
}

export interface WorkspaceSync {
  /**
   * Brings a workspace and the packages that its files need to a host. Only what the host lacks is sent.
   * @throws Ec2Error `EC2_SYNC`, and what the target throws
   */
  sync(target: SyncTarget, request: SyncRequest): Promise<SyncedTrees>
}

interface Plan {
  workspace: TreeWays
  packages: TreeWays
}

/** Plans that come to nothing because files change or packs vanish, before it is given up. */
const ATTEMPTS = 4

/** Makes the sync of one run. */
export function createWorkspaceSync(options: WorkspaceSyncOptions = {}): WorkspaceSync {
  const { include = [], exclude = [], maxBytes = 1e9, blobs, cacheDir = findCacheDir(), onNotice = () => {} } = options
  const spool = createSpool(cacheDir)
  const bases = openBaseTrees(cacheDir)
  const builds = createBuildStage(cacheDir)
  const caches = new Map<string, Promise<HashCache>>()
  const plans = new Map<string, Promise<Plan>>()
  const told = new Set<string>()
  let shelf: Promise<Shelf | undefined> | undefined
  let away: Ec2Error | undefined

  return {
    async sync(target, request) {
      for (let attempt = 1; ; attempt += 1) {
        request.signal.throwIfAborted()
        try {
          const planned = await plan(request, target.platform)
          request.onPlan?.([...expectedTrees(planned.workspace), ...expectedTrees(planned.packages)])
          // The cache is written while the host is asked.
          const bringing = bring(target, planned, request)
          const [synced] = await Promise.all([bringing, (await cacheOf(request.root)).save()])
          return synced
        } catch (error) {
          if (error instanceof ChangedFile) (await cacheOf(request.root)).forget(error.path)
          else if (!isOutdated(error)) throw error
          if (attempt === ATTEMPTS) throw error instanceof ChangedFile ? keepsChanging(error) : error
        }
      }
    },
  }

  /** Hosts that get ready together share one look at the disk. */
  async function plan({ root, packages, outputs }: SyncRequest, platform = HOST_PLATFORM): Promise<Plan> {
    const key = JSON.stringify([root, platform, packages.toSorted(), outputs.toSorted()])
    let running = plans.get(key)
    if (!running) {
      running = makePlan({ root, packages, platform, outputs })
      plans.set(key, running)
      void running.catch(() => {}).finally(() => plans.delete(key))
    }
    return await running
  }

  async function makePlan(what: Pick<PlanOptions, 'root' | 'packages' | 'platform' | 'outputs'>): Promise<Plan> {
    const { root, packages, platform } = what
    const cache = await cacheOf(root)
    const trees = await planSync({ ...what, include, exclude, maxBytes, cache, builds, onNotice: noticeOnce })
    return {
      workspace: await findWays(`workspace ${root}`, trees.workspace, bases),
      packages: await findWays(JSON.stringify([root, platform, ...packages.toSorted()]), trees.packages, bases),
    }
  }

  async function bring(target: SyncTarget, { workspace, packages }: Plan, request: SyncRequest): Promise<SyncedTrees> {
    const missing = new Map<string, boolean>()
    await ask([...namesOf(workspace), ...namesOf(packages)])
    const ways = [workspace, packages].map((tree) => chooseWay(tree, isMissing))
    const lacking = ways.flatMap((way) => way.lacking?.pack() ?? [])
    const packs = new Map(lacking.flatMap((tree) => tree.packs.map((pack) => [pack.hash, pack])))
    await ask([...packs.keys()].filter((hash) => !missing.has(hash)))
    const send = [...packs.values()].filter(({ hash }) => isMissing(hash))
    if (send.length > 0) {
      await deliver(send, { ...request, target, spool, shelf: await findShelf(), onReach })
    }
    await Promise.all(lacking.map(({ manifest }) => target.tree(manifest)))
    const [workspaceTrees = [], packageTrees = []] = ways.map(({ trees }) => trees)
    await Promise.all([remember(workspace, workspaceTrees), remember(packages, packageTrees)])
    return { trees: [...new Set([...workspaceTrees, ...packageTrees])], packageTrees }

    async function ask(hashes: string[]): Promise<void> {
      if (hashes.length === 0) return
      const answer = new Set(await target.missing(hashes))
      for (const hash of hashes) missing.set(hash, answer.has(hash))
    }

    function isMissing(hash: string): boolean {
      return missing.get(hash) ?? true
    }
  }

  /** Later changes can lie above what a host has whole. */
  async function remember({ kind, whole, isBase }: TreeWays, trees: readonly string[]): Promise<void> {
    if (!isBase && trees.includes(whole.hash)) await bases.set(kind, whole)
  }

  async function findShelf(): Promise<Shelf | undefined> {
    shelf ??= openShelf()
    shelf.catch(() => (shelf = undefined))
    try {
      return await shelf
    } catch (error) {
      if (!isOutOfReach(error)) throw error
      onReach(error)
      return undefined
    }
  }

  /** Says when packs begin to go another way, and when they go by the store again. */
  function onReach(error: Ec2Error | undefined): void {
    if (error?.code !== away?.code) {
      if (error)
        onNotice(`${error.message}: until that changes files go over SSH, not the bucket. ${error.fix ?? ''}`.trim())
      else onNotice('Files go by the bucket again')
    }
    away = error
  }

  async function openShelf(): Promise<Shelf | undefined> {
    const store = await blobs?.()
    return store && createShelf(store, spool)
  }

  async function cacheOf(root: string): Promise<HashCache> {
    let cache = caches.get(root)
    if (!cache) {
      cache = openHashCache(cacheDir, root)
      caches.set(root, cache)
    }
    return await cache
  }

  function noticeOnce(message: string): void {
    if (told.has(message)) return
    told.add(message)
    onNotice(message)
  }
}

/** A pack that was there when it was asked for is gone: the host told which, and does not claim to have it again. */
function isOutdated(error: unknown): boolean {
  return error instanceof Ec2Error && error.code === 'EC2_SYNC' && 'path' in error.data
}

function keepsChanging({ path }: ChangedFile): Ec2Error {
  return new Ec2Error('EC2_SYNC', `${path} is written to all the time and cannot be sent`, {
    fix: `Leave it out with \`sync.exclude\` or \`.gitignore\`.`,
    data: { path },
  })
}
