import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { openStore } from '../archive/open-store.ts'
import { NotebookError } from '../errors.ts'
import { openBrowser } from '../live/open-browser.ts'
import { serveStore } from '../live/store-server.ts'
import { UsageError, type Command } from './command.ts'

export const open: Command = {
  usage: `vitest-notebook open [folder | s3://bucket/prefix] [--port N] [--no-browser]

Shows reports on 127.0.0.1, until it is interrupted. Of a private bucket too: it is read with your AWS credentials.
The folder is \`reports\`. Without --port, one that is free is taken.`,
  async run(args) {
    const { values, positionals } = parse(args)
    const [target = 'reports', ...more] = positionals
    if (more.length > 0) throw new UsageError('Only one archive can be shown.')
    const port = Number(values.port ?? 0)
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError(`\`${values.port}\` is no port.`)
    const store = await openStore(target)
    const page = await store.read('index.html')
    page?.body.destroy()
    if (!page) {
      throw new NotebookError(
        'NOTEBOOK_READ',
        `There are no reports in ${store.name}: it has no index.html. Name the folder or bucket that the reporter wrote to.`,
      )
    }
    await using server = await serveStore(store, port)
    console.log(`${store.name} is shown at\n${server.url}\nCtrl+C ends it.`)
    if (!values['no-browser']) openBrowser(server.url)
    // the server alone does not keep the process
    const alive = setInterval(() => {}, 60_000)
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
    clearInterval(alive)
    return 0
  },
}

function parse(args: string[]) {
  try {
    const options = { port: { type: 'string' }, 'no-browser': { type: 'boolean' } } as const
    return parseArgs({ args, allowPositionals: true, options })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
