import { dirname, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Callers that are looked at: a schema that checks the environment reads it some way below whoever asked for it. */
const FRAMES = 25
/** Reads of one name by packages alone, after which it counts as their own business. */
const LOOKS = 10

const OWN_FOLDER = dirname(import.meta.dirname)

/**
 * Tells, once each, the names of environment variables that code of the workspace asks for and that are not set. What
 * packages ask for on their own account is not told. `process.env` stays the object it is: only its prototype, which is
 * asked for what is missing, is another one.
 *
 * @returns takes it back
 */
export function watchMissingVariables(tell: (name: string) => void): () => void {
  const { env } = process
  const prototype = Object.getPrototypeOf(env) as object
  const looks = new Map<string, number>()
  const note = (name: string | symbol, trap: (...args: never[]) => unknown) => {
    if (typeof name !== 'string' || name in prototype) return
    const before = looks.get(name) ?? 0
    if (before >= LOOKS) return
    looks.set(name, before + 1)
    if (!isAskedByWorkspace(trap)) return
    looks.set(name, LOOKS)
    tell(name)
  }
  const watched: ProxyHandler<object> = {
    get: function get(target, name, receiver) {
      note(name, get)
      return Reflect.get(target, name, receiver) as unknown
    },
    has: function has(target, name) {
      note(name, has)
      return Reflect.has(target, name)
    },
  }
  Object.setPrototypeOf(env, new Proxy(prototype, watched))
  return () => void Object.setPrototypeOf(env, prototype)
}

/** Some function of the workspace is among those that lead to this read. */
function isAskedByWorkspace(trap: (...args: never[]) => unknown): boolean {
  const before = Object.getOwnPropertyDescriptors(Error)
  const holder: { stack?: NodeJS.CallSite[] } = {}
  try {
    Error.prepareStackTrace = (_, sites) => sites
    Error.stackTraceLimit = FRAMES
    Error.captureStackTrace(holder, trap)
    return (holder.stack ?? []).some((site) => isOfWorkspace(site.getFileName()))
  } finally {
    Error.prepareStackTrace = before.prepareStackTrace?.value as typeof Error.prepareStackTrace
    Error.stackTraceLimit = before.stackTraceLimit?.value as number
  }
}

function isOfWorkspace(file: string | null | undefined): boolean {
  if (!file || file.startsWith('node:')) return false
  if (file.startsWith('data:')) return true // a function that came as text
  const path = file.startsWith('file:') ? fileURLToPath(file) : file
  return !path.includes(`${sep}node_modules${sep}`) && !path.startsWith(OWN_FOLDER + sep)
}
