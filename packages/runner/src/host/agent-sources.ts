import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

/** What runs on hosts: as TypeScript from a checkout, as JavaScript from the published package. Node takes both as they are. */
export interface AgentSources {
  /** names the content and the Node that runs it */
  hash: string
  /** by path below the folder they are to lie in */
  files: Record<string, string>
  /** path of the module that is started */
  main: string
}

export function readAgentSources(): AgentSources {
  const root = join(import.meta.dirname, '..')
  const extension = extname(import.meta.filename)
  const isSource = (name: string) =>
    (name.endsWith(extension) && !/\.(test|contract|d)\.ts$/.test(name)) || name.endsWith('.sh')
  const files: Record<string, string> = {}
  for (const folder of ['agent', 'threads', 'wire']) {
    for (const name of readdirSync(join(root, folder)).filter(isSource).toSorted()) {
      files[`${folder}/${name}`] = readFileSync(join(root, folder, name), 'utf8')
    }
  }
  files[`errors${extension}`] = readFileSync(join(root, `errors${extension}`), 'utf8')
  files['package.json'] = '{"type":"module"}\n'
  const hash = createHash('sha256')
    .update(JSON.stringify([process.version, files]))
    .digest('hex')
    .slice(0, 16)
  return { hash, files, main: `agent/main${extension}` }
}
