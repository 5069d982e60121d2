import { describe, expect, it } from 'vitest'
import { resolveHosts } from './options-hosts.ts'

const resolve = (host: object) => resolveHosts({ default: host }, undefined)['default']

describe('setup', () => {
  it('takes recipes by name, and shell commands', () => {
    const setup = ['tfjs-gpu', 'sudo apt-get -yq install ffmpeg', './prepare.sh', 'tfjs-gpu --help']
    expect(resolve({ gpu: 'T4', setup })).toEqual({ kind: 'instance', spec: { gpu: 'T4', setup } })
  })

  it.each([
    ['tfjs-gqu', 'Did you mean `tfjs-gpu`?'],
    ['TFJS-GPU', 'Did you mean `tfjs-gpu`?'],
    ['ffmpeg', 'There is `tfjs-gpu`.'],
  ])('takes no single word for a command: %s', (word, hint) => {
    expect(() => resolve({ setup: [word] })).toThrow(
      expect.objectContaining({
        code: 'EC2_OPTIONS',
        message: `There is no recipe \`${word}\`, which \`hosts.default.setup\` names`,
        fix: `${hint} A command of one word is written with its path.`,
      }),
    )
  })

  it('takes no recipe for a GPU where there is none', () => {
    expect(() => resolve({ gpu: 0, setup: ['tfjs-gpu'] })).toThrow(
      'The recipe `tfjs-gpu` in `hosts.default.setup` needs a GPU, and `hosts.default.gpu` is 0',
    )
  })

  it('takes commands with what they make', () => {
    const setup = ['tfjs-gpu', { run: 'make -C ~/tool', outputs: ['~/tool/bin', '/opt/a tool'] }]
    expect(resolve({ setup })).toEqual({ kind: 'instance', spec: { setup } })
  })

  it('takes no recipe for a command', () => {
    expect(() => resolve({ setup: [{ run: 'tfjs-gpu', outputs: ['/opt/tfjs'] }] })).toThrow(
      expect.objectContaining({
        message: '`tfjs-gpu` in `hosts.default.setup` is a recipe, not a command that `run` takes',
        fix: "Name it alone: `'tfjs-gpu'`.",
      }),
    )
  })

  it.each([
    [['']],
    ['tfjs-gpu'],
    [[{ run: 'true', outputs: [] }]],
    [[{ run: ' ', outputs: ['/opt/tool'] }]],
    [[{ run: 'true' }]],
    [[{ run: 'true', outputs: ['tool'] }]],
    [[{ run: 'true', outputs: ['/'] }]],
    [[{ run: 'true', outputs: ['~/'] }]],
    [[{ run: 'true', outputs: ['~'] }]],
    [[{ run: 'true', outputs: ['/.'] }]],
    [[{ run: 'true', outputs: ['~/./'] }]],
    [[{ run: 'true', outputs: ['/opt/../etc'] }]],
    [[{ run: 'true', outputs: ['/opt/tool'], output: [] }]],
  ])('refuses %j', (setup) => {
    expect(() => resolve({ setup })).toThrow(
      '`hosts.default.setup` option to be an array of recipes, shell commands and `{ run, outputs }`',
    )
  })
})
