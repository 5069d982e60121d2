import { Ec2Error } from './errors.ts'
import { listed, string, strings, type Check } from './options-check.ts'
import { nearest } from './options-keys.ts'
import type { InstanceSpec, SetupCommand } from './options.ts'
import { findRecipe, RECIPES } from './recipes/recipes.ts'

export type SetupStep = string | SetupCommand

export const steps: Check<SetupStep[]> = {
  expected:
    'an array of recipes, shell commands and `{ run, outputs }`: a shell command, and absolute paths (or `~/…`) that it makes',
  read: (value) => (Array.isArray(value) && value.every((step) => isStep(step)) ? [...value] : undefined),
}

function isStep(step: unknown): step is SetupStep {
  if (typeof step === 'string') return step.trim() !== ''
  if (typeof step !== 'object' || step === null) return false
  const { run, outputs, ...rest } = step as { [key in keyof SetupCommand]?: unknown }
  if (Object.keys(rest).length > 0 || !string.read(run)?.trim()) return false
  const paths = strings.read(outputs)
  return paths !== undefined && paths.length > 0 && paths.every((path) => isOutput(path))
}

/** Never a whole disk or a whole home: what else lies there is a host's own. */
function isOutput(path: string): boolean {
  return /^~?\/.*[^/]/.test(path) && !path.split('/').some((step) => step === '.' || step === '..')
}

/** A single word is a recipe, or a typing error in one: no later recipe can change what a command means. */
export function checkRecipes(
  path: string,
  { setup = [], gpu }: { [K in keyof InstanceSpec]: InstanceSpec[K] | undefined },
): void {
  for (const step of setup) {
    if (typeof step !== 'string') {
      if (findRecipe(step.run)) throw recipeWithOutputs(path, step.run)
      continue
    }
    if (findRecipe(step) === 'tfjs-gpu' && gpu === 0) {
      throw new Ec2Error(
        'EC2_OPTIONS',
        `The recipe \`${step}\` in \`${path}.setup\` needs a GPU, and \`${path}.gpu\` is 0`,
        {
          fix: 'Leave it out, or ask for a GPU.',
          data: { option: `${path}.setup` },
        },
      )
    }
    if (findRecipe(step) || !/^[\w.@-]+$/.test(step)) continue
    const near = nearest(step, RECIPES)
    throw new Ec2Error('EC2_OPTIONS', `There is no recipe \`${step}\`, which \`${path}.setup\` names`, {
      fix: `${near ? `Did you mean \`${near}\`?` : `There is ${listed(RECIPES.map((name) => `\`${name}\``))}.`} A command of one word is written with its path.`,
      data: { option: `${path}.setup` },
    })
  }
}

function recipeWithOutputs(path: string, name: string): Ec2Error {
  return new Ec2Error('EC2_OPTIONS', `\`${name}\` in \`${path}.setup\` is a recipe, not a command that \`run\` takes`, {
    fix: `Name it alone: \`'${name}'\`.`,
    data: { option: `${path}.setup` },
  })
}
