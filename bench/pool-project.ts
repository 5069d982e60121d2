import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createProject, type Project } from '../packages/runner/test/support/project.ts'

const ROOT = join(import.meta.dirname, '..')
let isBuilt = false

/** A project with `vitest-pool-ec2` as it is published: of the sources here types have to be stripped at each start. */
export function createPublishedProject(files: Record<string, string>): Project {
  if (!isBuilt) execFileSync(process.execPath, [join(ROOT, 'scripts/build.ts')], { stdio: ['ignore', 2, 2] })
  isBuilt = true
  const project = createProject({ files })
  const installed = join(project.root, 'node_modules/vitest-pool-ec2')
  rmSync(installed)
  cpSync(join(ROOT, 'packages/runner/dist'), installed, { recursive: true })
  return project
}

/** A Vitest that sends every file to one worker at a time, here or there. */
export function toConfig(reporters: string[] = ['dot']): string {
  return `import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'
export default defineConfig({
  plugins: [ec2({ files: 'all', sync: { exclude: ['.pool'] } })],
  test: { maxWorkers: 1, reporters: ${JSON.stringify(reporters)} },
})
`
}

/** @throws Error with what Vitest printed when the run does not pass: what fails is not measured */
export async function runToEnd(project: Project, args: string[], env: Record<string, string>): Promise<void> {
  const { code, stdout, stderr } = await project.vitest(args, { env })
  if (code !== 0) throw new Error(`\`vitest ${args.join(' ')}\` ended with ${code}:\n${stdout}\n${stderr}`)
}
