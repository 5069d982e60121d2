import { existsSync } from 'node:fs'
import { isBuiltin, registerHooks } from 'node:module'
import { dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MissedPackage } from '../wire/protocol.ts'

/**
 * Pulls packages at the moment they are missed: what was not to be seen in any import, such as a name that is put together
 * while a test runs. Only those are asked for that the client has said to have, so that a package that looks for an
 * optional one in vain, as many do, costs nothing.
 *
 * NOTE: looks for a package before Node does. Node remembers for ever that a `package.json` was not there.
 *
 * @param pull brings one, and returns when it is there. @throws why not
 */
export function pullMissedPackages(installed: readonly string[], pull: (missed: MissedPackage) => void): void {
  if (installed.length === 0) return
  const known = new Set(installed)
  const looked = new Set<string>()
  registerHooks({
    resolve(specifier, context, next) {
      const missed = isBuiltin(specifier) ? undefined : findMissed(specifier, context.parentURL)
      if (!missed || !known.has(missed.name) || !isNew(missed) || isThere(missed)) return next(specifier, context)
      const refusal = refusalOf(() => pull(missed))
      try {
        return next(specifier, context)
      } catch (error) {
        throw refusal ?? error // it may have been found all the same: a package that imports itself
      }
    },
  })

  function isNew({ name, from }: MissedPackage): boolean {
    const key = `${from}\0${name}`
    if (looked.has(key)) return false
    looked.add(key)
    return true
  }
}

/** In some `node_modules` on the way up, where Node looks too. */
function isThere({ name, from }: MissedPackage): boolean {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', name))) return true
    if (folder === dirname(folder)) return false
  }
}

function refusalOf(pull: () => void): unknown {
  try {
    pull()
    return undefined
  } catch (error) {
    return error
  }
}

/** The package that is missed: by its name, or by the path of a file of it. */
export function findMissed(specifier: string, parentUrl: string | undefined): MissedPackage | undefined {
  const parent = toPath(parentUrl)
  const target = toTarget(specifier, parent)
  if (target !== undefined) {
    const steps = target.split(sep)
    const at = steps.lastIndexOf('node_modules')
    const name = at === -1 ? undefined : nameOf(steps.slice(at + 1).join('/'))
    return name === undefined ? undefined : { name, from: steps.slice(0, at).join(sep) || sep }
  }
  const name = /^([a-z][a-z\d+.-]+:|#)/i.test(specifier) ? undefined : nameOf(specifier)
  return name === undefined || parent === undefined ? undefined : { name, from: dirname(parent) }
}

/** The file that a specifier names by itself; nothing for the name of a package. */
function toTarget(specifier: string, parent: string | undefined): string | undefined {
  if (specifier.startsWith('file:')) return toPath(specifier)
  if (isAbsolute(specifier)) return specifier
  if (!/^\.{1,2}(\/|$)/.test(specifier)) return undefined
  return parent === undefined ? undefined : resolve(join(dirname(parent), specifier))
}

function toPath(url: string | undefined): string | undefined {
  if (url === undefined) return undefined
  if (isAbsolute(url)) return url
  try {
    return fileURLToPath(new URL(url).href.replace(/[?#].*$/, ''))
  } catch {
    return undefined
  }
}

/** `@scope/name/sub` -> `@scope/name` */
function nameOf(specifier: string): string | undefined {
  return /^(@[\w.~-]+\/)?[\w~-][\w.~-]*/.exec(specifier)?.[0]
}
