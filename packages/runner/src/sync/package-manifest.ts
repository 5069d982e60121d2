import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PackageManifest } from './host-platform.ts'

/** The `package.json` of a folder, if it has one that can be read. */
export function readManifest(folder: string): PackageManifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest
  } catch {
    return undefined
  }
}

/** True for a package whose own script may fetch what suits a machine when it is installed. */
export function hasInstallScript({ scripts = {} }: PackageManifest): boolean {
  return ['preinstall', 'install', 'postinstall'].some((name) => scripts[name] !== undefined)
}

/** Names of what a package may load, in the order of need; types are loaded by nobody. */
export function dependenciesOf(manifest: PackageManifest): { name: string; isOptional: boolean }[] {
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest
  const names = new Map<string, boolean>()
  for (const name of Object.keys(peerDependencies)) names.set(name, peerDependenciesMeta[name]?.optional === true)
  for (const name of Object.keys(dependencies)) names.set(name, false)
  for (const name of Object.keys(optionalDependencies)) names.set(name, true)
  return [...names].filter(([name]) => !name.startsWith('@types/')).map(([name, isOptional]) => ({ name, isOptional }))
}
