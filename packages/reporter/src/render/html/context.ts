import type { NotebookDocument } from '../../journal/document.ts'
import type { AssetRef } from '../../journal/schema.ts'
import { assetHref } from '../asset.ts'
import { outlineOf, type Outline } from '../outline.ts'
import { Inliner } from './inliner.ts'

/** What a cell's HTML depends on besides the cell. */
export interface PageContext {
  document: NotebookDocument
  outline: Outline
  /** `folder`: a page beside its assets; `single`: one file that holds them; `live`: a page whose cells are replaced while the run goes on */
  form: 'folder' | 'single' | 'live'
  /** a URL for an asset; undefined where a single file has no room for it */
  url(asset: AssetRef): Promise<string | undefined>
  /** says what did not fit */
  omitted(): { count: number; bytes: number }
}

export interface PageContextOptions {
  folder: string
  form?: PageContext['form']
  /** what a single file may hold, in bytes of the finished page; 64 MB */
  budget?: number
}

export function createPageContext(
  document: NotebookDocument,
  { folder, form = 'folder', budget = 64e6 }: PageContextOptions,
): PageContext {
  const inliner = form === 'single' ? new Inliner(folder, budget) : undefined
  return {
    document,
    outline: outlineOf(document),
    form,
    url: async (asset) => (inliner ? await inliner.url(asset) : assetHref(asset)),
    omitted: () => inliner?.omitted ?? { count: 0, bytes: 0 },
  }
}
