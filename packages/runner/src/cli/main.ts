#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { parseArgs } from 'node:util'
import { describeError, Ec2Error } from '../errors.ts'
import type { Command, Flags } from './command.ts'
import { openContext } from './context.ts'
import { helpOf, overview } from './help.ts'
import { goByProject } from './project-context.ts'

enableCompileCache() // AWS's clients take longer to compile than most commands to do

/** Each is loaded when it is asked for. The sentences are those of the overview. */
const COMMANDS: Record<string, { summary: string; load: () => Promise<Command> }> = {
  doctor: {
    summary: 'Check everything a run needs, and say how to fix it',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  policy: { summary: 'Print the least IAM policy a run needs', load: async () => (await import('./policy.ts')).policy },
  setup: { summary: 'Make now what the first run would make', load: async () => (await import('./setup.ts')).setup },
  destroy: { summary: 'Remove all that was made here', load: async () => (await import('./destroy.ts')).destroy },
  ls: { summary: 'List hosts that run', load: async () => (await import('./ls.ts')).ls },
  ssh: { summary: 'Open a shell on a host', load: async () => (await import('./ssh.ts')).ssh },
  exec: { summary: 'Run a command on a host', load: async () => (await import('./exec.ts')).exec },
  logs: {
    summary: 'Show what a host said while it booted and worked',
    load: async () => (await import('./logs.ts')).logs,
  },
  down: { summary: 'End hosts', load: async () => (await import('./down.ts')).down },
  run: {
    summary: 'Run Vitest on an instance of its own, watched or left to itself',
    load: async () => (await import('./run.ts')).run,
  },
  bake: {
    summary: 'Make an image with what every host needs, so that hosts start faster',
    load: async () => (await import('./bake.ts')).bakeCommand,
  },
  attach: {
    summary: 'Show a run that was left to itself, and bring here what it wrote',
    load: async () => (await import('./attach.ts')).attach,
  },
  cost: { summary: 'Show what hosts have cost', load: async () => (await import('./cost.ts')).cost },
}

/** 0: done; 1: it failed, or something is wrong; 2: not understood, or not confirmed. */
process.exitCode = await main(process.argv.slice(2))

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(overview(COMMANDS))
    return 0
  }
  const known = COMMANDS[name]
  if (!known) {
    console.error(`There is no command \`${name}\`.\n\n${overview(COMMANDS)}`)
    return 2
  }
  const command = await known.load()
  let values: Flags
  let positionals: string[]
  try {
    const common = { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } } as const
    const options = { ...command.flags, ...common }
    ;({ values, positionals } = parseArgs({ args, options, allowPositionals: command.operands !== undefined }))
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${helpOf(name, known.summary, command)}`)
    return 2
  }
  if (values['help'] === true) {
    console.log(helpOf(name, known.summary, command))
    return 0
  }
  try {
    const context = openContext(values, positionals)
    return await command.run(command.goesByProject ? await goByProject(context) : context)
  } catch (error) {
    if (values['json'] === true && error instanceof Ec2Error) {
      const { code, message, fix } = error
      console.log(JSON.stringify({ error: { code, message, fix } }, null, 2))
    } else console.error(describeError(error))
    return 1
  }
}
