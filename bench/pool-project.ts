import type { Project } from '../packages/runner/test/support/project.ts'

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
