import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Ec2Error } from '../errors.ts'
import { decode, encode } from '../wire/codec.ts'
import { FrameReader, toFrame } from '../wire/frames.ts'
import type { ViewSpec } from '../wire/protocol.ts'
import type { Folders } from './folders.ts'
import type { PortChange } from './port-watch.ts'
import { removeRun } from './remove-run.ts'
import { baseEnvironment, toViewCommand, type ViewMode } from './view-command.ts'
import type { ViewCall, ViewMessage, ViewMethods, ViewSettings } from './view-protocol.ts'

const CLOSE_TIMEOUT_MS = 3000

/** An open view, seen by the agent. */
export interface View {
  readonly spec: ViewSpec
  /** everything that was written in the view, readable from outside it */
  readonly upper: string
  call<M extends keyof ViewMethods>(
    method: M,
    ...params: Parameters<ViewMethods[M]>
  ): Promise<ReturnType<ViewMethods[M]>>
  /** ends all that runs in it and forgets what was written */
  close(): Promise<void>
}

export interface ViewContext {
  folders: Folders
  mode: ViewMode
  socket: string
  agent: string
  treePath: (hash: string) => string
  /** `code` and `signal` are null when the view itself died */
  onExit: (worker: string, code: number | null, signal: NodeJS.Signals | null) => void
  onListen: (change: PortChange) => void
  onGone: (view: string) => void
}

/** Opens a view. @throws Ec2Error `EC2_HOST` with what the host said */
export async function openView(spec: ViewSpec, context: ViewContext): Promise<View> {
  const { folders, mode, socket, agent } = context
  checkSpec(spec, folders)
  const trees = spec.trees.map(context.treePath)
  const missing = spec.trees.find((_, index) => !existsSync(trees[index]!))
  if (missing !== undefined) throw new Ec2Error('EC2_SYNC', `The tree ${missing} is not on this host`)
  const run = join(folders.runs, spec.id)
  const upper = join(run, 'upper')
  await mkdir(run)
  const settings: ViewSettings = { root: spec.root, upper, trees, socket }
  const main = join(import.meta.dirname, `view-main${extname(import.meta.filename)}`)
  const [file, ...args] = toViewCommand(mode, {
    root: spec.root,
    trees,
    run,
    state: folders.state,
    command: [process.execPath, '--disable-warning=ExperimentalWarning', main, JSON.stringify(settings)],
    env: { ...baseEnvironment(), VITEST_EC2_AGENT: agent },
  })
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], cwd: '/' })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-4000)
  })
  child.stdin.on('error', () => {}) // told by `exit`
  const { promise: ready, resolve: becomeReady, reject: fail } = Promise.withResolvers<void>()
  const { promise: exited, resolve: exit } = Promise.withResolvers<void>()
  const calls = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0
  let isGone = false

  const onGone = (cause?: Error) => {
    if (isGone) return
    isGone = true
    const error = new Ec2Error(
      'EC2_HOST',
      `The view of ${spec.root} ended: ${stderr.trim() || cause?.message || 'no reason given'}`,
    )
    fail(error)
    for (const { reject } of calls.values()) reject(error)
    calls.clear()
    exit()
    context.onGone(spec.id)
  }
  child.once('error', onGone).once('close', () => onGone())

  const reader = new FrameReader()
  child.stdout.on('data', (chunk: Buffer) => {
    reader.push(chunk)
    for (let frame = reader.next(); frame; frame = reader.next()) receive(decode(frame) as ViewMessage)
  })
  try {
    await ready
  } catch (error) {
    await removeRun(run)
    throw error
  }
  return {
    spec,
    upper,
    async call(method, ...params) {
      if (isGone) throw new Ec2Error('EC2_HOST', `The view of ${spec.root} has ended`)
      lastId += 1
      const id = lastId
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      calls.set(id, { resolve, reject })
      for (const piece of toFrame(encode({ id, method, params } as ViewCall))) child.stdin.write(piece)
      return (await promise) as never
    },
    async close() {
      child.stdin.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_TIMEOUT_MS)
      await exited
      clearTimeout(timer)
      await removeRun(run)
    },
  }

  function receive(message: ViewMessage): void {
    if (message.kind === 'ready') return becomeReady()
    if (message.kind === 'exit') return context.onExit(message.worker, message.code, message.signal)
    if (message.kind === 'listen') return context.onListen(message)
    const call = calls.get(message.id)
    calls.delete(message.id)
    if (message.kind === 'result') call?.resolve(message.result)
    else call?.reject(new Ec2Error('EC2_HOST', message.message, { data: { code: message.code } }))
  }
}

function checkSpec({ id, root }: ViewSpec, { state }: Folders): void {
  if (!/^[\w.-]{1,128}$/.test(id) || id.startsWith('.')) {
    throw new Ec2Error('EC2_PROTOCOL', `\`${id}\` cannot be the name of a view`)
  }
  if (!root.startsWith('/') || root === '/') {
    throw new Ec2Error('EC2_HOST', `The workspace cannot appear at ${root} on the host`)
  }
  if (state === root || state.startsWith(`${root}/`)) {
    throw new Ec2Error(
      'EC2_HOST',
      `The agent's folder ${state} lies below the workspace ${root}, which would hide it`,
      {
        fix: 'Allow `sudo` without a password on this host, so that its folder can lie below /var/lib.',
      },
    )
  }
}
