import { Ec2Error } from '../errors.ts'
import type { SyncedTrees, SyncRequest } from '../fleet/fleet-options.ts'
import { openBaseTrees } from './base-trees.ts'
import { createDeliveryLimits, deliver, isOutOfReach } from './deliver.ts'
import type { OnPack } from './hash-ahead.ts'
import { findCacheDir, openHashCache, type HashCache } from './hash-cache.ts'
import { HOST_PLATFORM } from './host-platform.ts'
import { ChangedFile } from './pack-stream.ts'
import { createPackers } from './packers.ts'
import { planSync, survey, type SurveyOptions } from './plan.ts'
import { findChanges, recall } from './recall.ts'
import { toScan, type Seen } from './scan-plan.ts'
import { openScans } from './scans.ts'
import { checkPaths } from './same-paths.ts'
import { createSendAhead } from './send-ahead.ts'
import { createShelf, type Shelf } from './shelf.ts'
import { createSpool } from './spool.ts'
import { createBuildStage } from './stage-builds.ts'
import { createCompiledStage } from './stage-compiled.ts'
import { openStages } from './stages.ts'
import type { BlobStore, SyncTarget } from './sync-target.ts'
import { chooseWay, expectedTrees, findWays, namesOf, type ChosenWay, type TreeWays } from './tree-ways.ts'

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
  /** what it was made of, where a later run can recall it */
  seen?: Seen
}

/** Plans that come to nothing because files change or packs vanish, before it is given up. */
const ATTEMPTS = 4

/** Makes the sync of one run. @throws Ec2Error `EC2_OPTIONS` on Windows */
export function createWorkspaceSync(options: WorkspaceSyncOptions = {}): WorkspaceSync {
  checkPaths()
  const { include = [], exclude = [], maxBytes = 1e9, blobs, cacheDir = findCacheDir(), onNotice = () => {} } = options
  const packers = createPackers()
  const spool = createSpool(cacheDir, packers)
  const bases = openBaseTrees(cacheDir)
  const scans = openScans(cacheDir)
  const stages = openStages(cacheDir)
  const fetched = { builds: createBuildStage(stages), compiled: createCompiledStage(stages) }
  const caches = new Map<string, Promise<HashCache>>()
  const plans = new Map<string, Promise<Plan>>()
  const told = new Set<string>()
  let shelf: Promise<Shelf | undefined> | undefined
  let away: Ec2Error | undefined

  return {
    async sync(target, request) {
      let isAnew = false
      for (let attempt = 1; ; attempt += 1) {
        request.signal.throwIfAborted()
        try {
          const planned = await plan(target, request, isAnew)
          request.onPlan?.([...expectedTrees(planned.workspace), ...expectedTrees(planned.packages)])
          const synced = await bring(target, planned, request)
          if (synced) return synced
        } catch (error) {
          if (error instanceof ChangedFile) (await caches.get(request.root))?.forget(error.path)
          else if (!isOutdated(error)) throw error
          if (attempt === ATTEMPTS) throw error instanceof ChangedFile ? keepsChanging(error) : error
        }
        isAnew = true
      }
    },
  }

  /** Hosts that get ready together share one look at the disk. */
  async function plan(target: SyncTarget, request: SyncRequest, isAnew: boolean): Promise<Plan> {
    const { root, packages, outputs } = request
    const { platform = HOST_PLATFORM } = target
    const what = { root, platform, packages: packages.toSorted(), outputs: outputs.toSorted() }
    const key = JSON.stringify([isAnew, what])
    let running = plans.get(key)
    if (!running) {
      running = makePlan({ ...what, include, exclude, maxBytes }, isAnew, sendAhead(target, request))
      plans.set(key, running)
      void running.catch(() => {}).finally(() => plans.delete(key))
    }
    return await running
  }

  async function makePlan(what: SurveyOptions, isAnew: boolean, onPack: OnPack): Promise<Plan> {
    const { root, packages, platform } = what
    const question = JSON.stringify(what)
    const at = Date.now()
    const surveying = survey(what)
    surveying.catch(() => {}) // thrown where it is awaited
    const scan = isAnew ? undefined : await scans.get(question)
    const changes = scan && (await findChanges(scan, what)) // while git lists
    const found = await surveying
    const recalled = changes && scan.fingerprint === found.fingerprint && (await recall(scan, changes, what))
    if (recalled) {
      for (const notice of scan.notices) noticeOnce(notice)
      return recalled
    }
    const cache = await cacheOf(root)
    const kinds = { workspace: `workspace ${root}`, packages: JSON.stringify([root, platform, ...packages]) }
    // Where something of it was brought before, most of it is there, or a layer is all that it takes.
    const isFirst =
      !isAnew && cache.isEmpty && !(await bases.get(kinds.workspace)) && !(await bases.get(kinds.packages))
    const ahead = isFirst ? { packers, onPack } : undefined
    const planned = await planSync(found, { ...what, ...fetched, cache, ahead, onNotice: noticeOnce })
    const plan: Plan = {
      workspace: await findWays(kinds.workspace, planned.workspace.tree, bases),
      packages: await findWays(kinds.packages, planned.packages.tree, bases),
    }
    return planned.isStaged ? plan : { ...plan, seen: { question, fingerprint: found.fingerprint, planned, at } }
  }

  /** For the first of the hosts that wait for a plan. */
  function sendAhead(target: SyncTarget, request: SyncRequest): OnPack {
    const limits = createDeliveryLimits()
    let sentBytes = 0
    return createSendAhead({
      missing: (hashes) => target.missing(hashes),
      async send(pack, totalBytes) {
        const onProgress = () => {}
        await deliver([pack], { ...request, target, spool, shelf: await findShelf(), onReach, onProgress, limits })
        sentBytes += pack.bytes
        request.onProgress({ doneBytes: sentBytes, totalBytes })
      },
    })
  }

  /** Nothing when the host needs all of a tree that was not planned as a whole. */
  async function bring(target: SyncTarget, plan: Plan, request: SyncRequest): Promise<SyncedTrees | undefined> {
    const { workspace, packages, seen } = plan
    const missing = new Map<string, boolean>()
    const savingHashes = caches.get(request.root)?.then((cache) => cache.save()) // while the host is asked
    await ask([...namesOf(workspace), ...namesOf(packages)])
    const ways = [chooseWay(workspace, isMissing), chooseWay(packages, isMissing)] as const
    const [ofWorkspace, ofPackages] = ways
    if (!ofWorkspace || !ofPackages) return undefined
    const savingScan =
      seen && scans.set(seen.question, toScan(plan, seen, { workspace: ofWorkspace, packages: ofPackages }))
    const lacking = ways.flatMap((way) => way?.lacking?.pack() ?? [])
    const packs = new Map(lacking.flatMap((tree) => tree.packs.map((pack) => [pack.hash, pack])))
    await ask([...packs.keys()].filter((hash) => !missing.has(hash)))
    const send = [...packs.values()].filter(({ hash }) => isMissing(hash))
    if (send.length > 0) {
      await deliver(send, { ...request, target, spool, shelf: await findShelf(), onReach })
    }
    await Promise.all(lacking.map(({ manifest }) => target.tree(manifest)))
    await Promise.all([remember(workspace, ofWorkspace), remember(packages, ofPackages), savingHashes, savingScan])
    return { trees: [...new Set([...ofWorkspace.trees, ...ofPackages.trees])], packageTrees: ofPackages.trees }

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
  async function remember({ kind, whole, isBase }: TreeWays, { trees }: ChosenWay): Promise<void> {
    if (whole && !isBase && trees.includes(whole.hash)) await bases.set(kind, whole)
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
