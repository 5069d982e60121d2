import type { Command } from './command.ts'

export function overview(commands: Record<string, { summary: string }>): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(9)} ${summary}`)
  return [
    'Usage: vitest-ec2 <command> [options]',
    '',
    'Hosts for `vitest --pool=ec2`, and what they leave in an AWS account.',
    '',
    ...lines,
    '',
    'Every command has --help and --json.',
  ].join('\n')
}

export function helpOf(name: string, summary: string, { flags, explain, operands }: Command): string {
  const known = { ...explain, json: 'print JSON', help: 'show this' }
  const all: Command['flags'] = { ...flags, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }
  const lines = Object.entries(all).map(([flag, { type, short }]) => {
    const left = `${short ? `-${short}, ` : ''}--${flag}${type === 'string' ? ` <${flag}>` : ''}`
    return `  ${left.padEnd(26)} ${known[flag as keyof typeof known] ?? ''}`
  })
  return [`Usage: vitest-ec2 ${name}${operands ? ` ${operands}` : ''} [options]`, '', `${summary}.`, '', ...lines].join(
    '\n',
  )
}
