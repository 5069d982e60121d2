import { NotebookError } from '../errors.ts'
import { readAskMs } from './ask.ts'
import type { Format } from '../render/formats.ts'

export interface NotebookReporterOptions {
  /** folder of all runs, relative to Vitest's root; default: `reports` */
  dir?: string
  /** runs to keep, the newest; older folders are removed. Default: 20 */
  keepRuns?: number
  /** what every notebook is written as; default: `['html', 'md', 'pdf']` */
  formats?: Format[]
  /** one HTML file that holds its pictures, instead of a folder; default: false */
  singleFile?: boolean
  /** the page that shows a run while it goes on: whether, on which port, and whether to show it in a browser. Default: on in a terminal, off in CI; with `run --ask` on, and shown in a browser from a terminal */
  live?: boolean | { port?: number; open?: boolean }
  /** where finished runs are copied to: `s3://bucket/prefix` or a folder. `publicUrl`: how its files are reached by others. `required`: a failure fails the run. Default: nowhere */
  archive?: string | { url: string; publicUrl?: string; required?: boolean }
  /** GitHub's job summary, and a comment in the pull request with pictures from a branch or the archive's public URL. Default: on under `GITHUB_ACTIONS` */
  ci?: boolean | { comment?: boolean; images?: 'branch' | 'public' | false }
  /** a mail by SES when a run starts and ends; default: none */
  mail?: { to: string; from?: string }
  /** URL that gets the run's record as JSON when it ends; default: none */
  webhook?: string
  /** texts and patterns that are taken out of everything that is written, besides values of variables that look secret; default: none */
  redact?: (string | RegExp)[]
}

export interface ResolvedReporterOptions {
  dir: string
  keepRuns: number
  formats: Format[]
  singleFile: boolean
  live: { port: number; open: boolean } | false
  archive: { url: string; publicUrl?: string; required: boolean } | undefined
  ci: { comment: boolean; images: 'branch' | 'public' | false } | false
  mail: { to: string; from?: string } | undefined
  webhook: string | undefined
  redact: (string | RegExp)[]
}

const FORMATS: readonly Format[] = ['html', 'md', 'pdf', 'ipynb', 'zip']
const NAMES = ['dir', 'keepRuns', 'formats', 'singleFile', 'live', 'archive', 'ci', 'mail', 'webhook', 'redact']

/** @throws NotebookError `NOTEBOOK_OPTION` for an option that is not what it must be */
export function resolveReporterOptions(
  options: NotebookReporterOptions,
  { env = process.env, isTerminal = process.stdout.isTTY }: { env?: NodeJS.ProcessEnv; isTerminal?: boolean } = {},
): ResolvedReporterOptions {
  const isCi = Boolean(env['CI'])
  const asks = readAskMs(env) !== undefined
  const {
    dir = 'reports',
    keepRuns = 20,
    formats = ['html', 'md', 'pdf'],
    singleFile = false,
    live = (Boolean(isTerminal) && !isCi) || asks,
    archive,
    ci = env['GITHUB_ACTIONS'] === 'true',
    mail,
    webhook,
    redact = [],
  } = options
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name))
  if (unknown !== undefined)
    expected(unknown, `one of ${NAMES.map((name) => `\`${name}\``).join(', ')}`, 'an unknown name')
  check('dir', typeof dir === 'string' && dir !== '', 'a folder', dir)
  check('keepRuns', Number.isInteger(keepRuns) && keepRuns > 0, 'a positive integer', keepRuns)
  check(
    'formats',
    Array.isArray(formats) && formats.every((one) => FORMATS.includes(one)),
    `a list of ${FORMATS.join(', ')}`,
    formats,
  )
  check('singleFile', typeof singleFile === 'boolean', 'a boolean', singleFile)
  const { port = 0, open = asks && Boolean(isTerminal) } = typeof live === 'object' ? live : {}
  check('live.port', Number.isInteger(port) && port >= 0 && port < 65_536, 'a port', port)
  check('live.open', typeof open === 'boolean', 'a boolean', open)
  const target = typeof archive === 'string' ? { url: archive } : archive
  check(
    'archive',
    target === undefined || (typeof target.url === 'string' && target.url !== ''),
    '`s3://bucket/prefix` or a folder',
    archive,
  )
  const { comment = true, images = false } = typeof ci === 'object' ? ci : {}
  check(
    'ci.images',
    images === false || images === 'branch' || images === 'public',
    "`'branch'`, `'public'` or `false`",
    images,
  )
  check('mail.to', mail === undefined || /@/.test(mail.to), 'an address', mail?.to)
  check('webhook', webhook === undefined || /^https?:\/\//.test(webhook), 'a URL of http or https', webhook)
  check(
    'redact',
    redact.every((one) => typeof one === 'string' || one instanceof RegExp),
    'a list of texts and patterns',
    redact,
  )
  return {
    dir,
    keepRuns,
    formats,
    singleFile,
    live: live === false ? false : { port, open },
    archive: target && { ...target, required: target.required ?? false },
    ci: ci === false ? false : { comment, images },
    mail,
    webhook,
    redact,
  }
}

function check(name: string, isRight: boolean, what: string, value: unknown): void {
  if (!isRight) expected(name, what, `\`${JSON.stringify(value)}\` (${typeof value})`)
}

function expected(name: string, what: string, got: string): never {
  throw new NotebookError(
    'NOTEBOOK_OPTION',
    `Expected the \`${name}\` option of the notebook reporter to be ${what}, got ${got}.`,
  )
}
