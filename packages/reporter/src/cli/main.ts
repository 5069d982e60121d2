#!/usr/bin/env node
import { createRequire } from 'node:module'
import { NotebookError } from '../errors.ts'
import { UsageError, type Command } from './command.ts'

/** Each is loaded when it is asked for. */
const COMMANDS: Record<string, { summary: string; load: () => Promise<Command> }> = {
  run: { summary: 'Run an experiment with parameters', load: async () => (await import('./run.ts')).run },
  render: {
    summary: 'Write the reports of a notebook or a run again',
    load: async () => (await import('./render.ts')).render,
  },
  open: { summary: 'Show reports in the browser', load: async () => (await import('./open.ts')).open },
  compare: {
    summary: 'Write a page that compares runs',
    load: async () => (await import('./compare.ts')).compare,
  },
  ls: { summary: 'List runs', load: async () => (await import('./ls.ts')).ls },
}

/** 0: done; 1: it failed; 2: not understood. */
process.exitCode = await main(process.argv.slice(2))

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(overview())
    return 0
  }
  if (name === '--version' || name === '-v') {
    console.log(version())
    return 0
  }
  const known = COMMANDS[name]
  if (!known) {
    console.error(`There is no command \`${name}\`.\n\n${overview()}`)
    return 2
  }
  const command = await known.load()
  if (args.includes('--help') || args.includes('-h')) {
    console.log(`${known.summary}\n\n${command.usage}`)
    return 0
  }
  try {
    return await command.run(args)
  } catch (error) {
    if (error instanceof UsageError) console.error(`${error.message}\n\n${shortUsage(name, command)}`)
    else if (error instanceof NotebookError) console.error(`${error.code}  ${error.message}`)
    else throw error
    return error instanceof UsageError ? 2 : 1
  }
}

/** How it is called; the whole would push away what was wrong. */
function shortUsage(name: string, { usage }: Command): string {
  return `${usage.split('\n', 1)[0]}\n\`vitest-notebook ${name} --help\` says more.`
}

/** As the package says, which lies above the sources and above what is built. */
function version(): string {
  const require = createRequire(import.meta.url)
  return (require('vitest-notebook/package.json') as { version: string }).version
}

function overview(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length))
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
  return ['vitest-notebook COMMAND', '', ...lines, '', '`vitest-notebook COMMAND --help` says more.'].join('\n')
}
