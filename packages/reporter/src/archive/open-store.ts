import { resolve } from 'node:path'
import { NotebookError } from '../errors.ts'
import { FolderStore } from './folder-store.ts'
import type { ArchiveStore } from './store.ts'

/**
 * The store that somebody named: `s3://bucket/prefix`, or a folder.
 *
 * @throws NotebookError `NOTEBOOK_OPTION` for a URL of another kind
 */
export async function openStore(target: string): Promise<ArchiveStore> {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]+):\/\/(.*)$/i.exec(target) ?? []
  if (scheme === undefined) return new FolderStore(resolve(target))
  const [, bucket, path = ''] = /^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(rest) ?? []
  if (scheme !== 's3' || bucket === undefined) {
    throw new NotebookError(
      'NOTEBOOK_OPTION',
      `Expected an archive to be \`s3://bucket/prefix\` or a folder, got \`${target}\`.`,
    )
  }
  const prefix = path.replace(/^\/+|\/+$/g, '')
  const { openS3, S3Store } = await import('./s3-store.ts')
  return new S3Store({ bucket, prefix: prefix === '' ? '' : `${prefix}/`, client: openS3() })
}
