/**
 * What a stranger does first, with a clock: `npm run first-picture [-- PHOTOGRAPH]`. Clones this repository's last commit to a temporary
 * folder, and runs the commands that README.md says there, with nothing cached and a photograph from outside the repository. Says
 * how long each took, and fails unless the picture and its report are there.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import sharp from 'sharp'

const ROOT = join(import.meta.dirname, '..')
const CLAIM_S = 5 * 60

const folder = mkdtempSync(join(tmpdir(), 'first-picture-'))
try {
  const clone = join(folder, 'clone')
  const photograph = await photographAt(join(folder, 'me.jpg'))
  const environment = {
    ...withoutNpm(process.env),
    npm_config_cache: join(folder, 'npm'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    CI: '',
  }
  let total = took(`git clone`, () => execFileSync('git', ['clone', '--quiet', ROOT, clone], { stdio: 'inherit' }))
  for (const command of commands(readFileSync(join(clone, 'README.md'), 'utf8'))) {
    const line = command.replace('me.jpg', photograph)
    total += took(command, () => {
      const { status } = spawnSync('sh', ['-c', line], {
        cwd: clone,
        env: environment,
        stdio: ['ignore', 'inherit', 'inherit'],
      })
      if (status !== 0) throw new Error(`\`${line}\` ended with status ${status}`)
    })
  }
  const picture = pictureIn(join(clone, 'reports/latest'), basename(photograph))
  const { width, height } = await sharp(picture).metadata()
  console.log(`The first picture, ${width} x ${height}, and its report after ${total.toFixed(0)} s.`)
  if (total > CLAIM_S) throw new Error(`Longer than the ${CLAIM_S / 60} minutes that this project promises.`)
} finally {
  rmSync(folder, { recursive: true, maxRetries: 5 })
}

/** Somebody's own, or one of the size that a telephone takes. */
async function photographAt(path: string): Promise<string> {
  const own = process.argv[2]
  if (own !== undefined) return resolve(own)
  await sharp(join(ROOT, 'experiments/pictures/mountains.jpg')).resize(4032, 3024, { fit: 'cover' }).toFile(path)
  return path
}

/** The commands of the section that tells how to try it. */
function commands(readme: string): string[] {
  const section = /^## Try it here[^]*?(?=^## )/m.exec(readme)?.[0] ?? ''
  const found = section.split('\n').flatMap((line) => /^ {4}(\S.*)$/.exec(line)?.[1] ?? [])
  if (!found.some((command) => command.includes('me.jpg'))) throw new Error('README.md says no command with me.jpg')
  return found
}

/** npm tells what it starts of itself: none of that is a stranger's. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isOwn = (name: string) => name.startsWith('npm_') && !/^npm_config_(registry|cafile)$/.test(name)
  const own = Object.entries(env).filter(([name]) => !isOwn(name))
  const PATH = env['PATH']?.split(':').filter((entry) => !entry.includes('node_modules'))
  return { ...Object.fromEntries(own), PATH: [dirname(process.execPath), ...(PATH ?? [])].join(':') }
}

/** s */
function took(what: string, run: () => void): number {
  const start = performance.now()
  run()
  const seconds = (performance.now() - start) / 1000
  console.log(`${seconds.toFixed(0).padStart(4)} s  ${what}`)
  return seconds
}

/** The result that a report compares its photograph with. */
function pictureIn(run: string, photograph: string): string {
  const [report] = globSync(join(run, '**/index.html')).filter((path) => dirname(path) !== run)
  if (report === undefined) throw new Error(`There is no report in ${run}`)
  const lines = readFileSync(join(dirname(report), 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n')
  const contents = lines.map((line) => (JSON.parse(line) as { content?: Content }).content)
  const after = contents.findLast((content) => content?.kind === 'compare')?.after?.path
  const picture = after && join(dirname(report), after)
  if (!picture || !existsSync(picture)) throw new Error(`${report} has no picture`)
  if (!readFileSync(report, 'utf8').includes(photograph)) throw new Error(`${report} does not name ${photograph}`)
  return picture
}

interface Content {
  kind: string
  after?: { path: string }
}
