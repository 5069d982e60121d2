import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** What `setup` takes by name: a folder each, whose `install.sh` says what it does. */
export const RECIPES = ['tfjs-gpu'] as const
export type Recipe = (typeof RECIPES)[number]

/** Where recipes install on a host: beside the agent's folder, so that they stay between runs and go into baked images. */
const INSTALLED = '/opt/vitest-ec2'

export function findRecipe(step: string): Recipe | undefined {
  return RECIPES.find((name) => name === step)
}

/** The folder of a recipe here, its files, and the command that installs it from a copy on a host. */
export function readRecipe(name: Recipe): { folder: string; files: string[]; command: (copy: string) => string } {
  const folder = join(import.meta.dirname, name)
  return { folder, files: readdirSync(folder), command: (copy) => `bash ${copy}/install.sh ${INSTALLED}/${name}` }
}
