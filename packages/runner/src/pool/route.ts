import { relative } from 'node:path'
import type { TestProject } from 'vitest/node'
import { Ec2Error } from '../errors.ts'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import type { FileSpecification } from './messages.ts'
import { EXPERIMENT_TAG, KIND_TAG_PREFIX } from './names.ts'

/** Where a file runs: here, or on a host of a kind. */
export type Route = { to: 'local' } | { to: 'host'; kind: string }

/** @throws Ec2Error `EC2_OPTIONS` when the file names several kinds of hosts, or one that does not exist */
export function routeFile(file: FileSpecification, project: TestProject, options: ResolvedEc2Options): Route {
  const tags = file.fileTags ?? []
  if (!isChosen(file.filepath, tags, options.files)) return { to: 'local' }
  const kinds = tags.filter((tag) => tag.startsWith(KIND_TAG_PREFIX)).map((tag) => tag.slice(KIND_TAG_PREFIX.length))
  const [kind = 'default', ...others] = new Set(kinds)
  const name = relative(project.config.root, file.filepath)
  if (others.length > 0) {
    throw new Ec2Error('EC2_OPTIONS', `${name} names several kinds of hosts: ${[kind, ...others].join(', ')}`, {
      fix: `Keep one \`// @module-tag ${KIND_TAG_PREFIX}…\` line.`,
    })
  }
  if (!options.hosts[kind]) {
    throw new Ec2Error('EC2_OPTIONS', `${name} asks for a host of kind \`${kind}\`, and no such kind is known`, {
      fix: `Add it to the \`hosts\` option, or name one of ${Object.keys(options.hosts).join(', ')}.`,
    })
  }
  // One host may stand for several kinds, and is one kind to the fleet.
  return { to: 'host', kind: Object.keys(options.hosts).find((other) => options.hosts[other] === options.hosts[kind])! }
}

/** `*.experiment.*` by name. */
function isExperimentName(path: string): boolean {
  return /\.experiment\.[cm]?[jt]sx?$/.test(path)
}

function isMark(tag: string): boolean {
  return tag === EXPERIMENT_TAG || tag.startsWith(KIND_TAG_PREFIX)
}

function isChosen(path: string, tags: readonly string[], files: ResolvedEc2Options['files']): boolean {
  if (files === 'all') return true
  if (files === 'marked') return isExperimentName(path) || tags.some(isMark)
  return files({ path, tags })
}
