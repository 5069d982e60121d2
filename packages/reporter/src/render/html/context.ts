import type { NotebookDocument } from '../../journal/document.ts'
import type { AssetRef } from '../../journal/schema.ts'
import { assetHref } from '../asset.ts'
import { outlineOf, type Outline } from '../outline.ts'

/** What a cell's HTML depends on besides the cell. */
export interface PageContext {
  document: NotebookDocument
  outline: Outline
  /** `folder`: a page beside its assets; `single`: one file that holds them; `live`: a page whose cells are replaced while the run goes on */
  form: 'folder' | 'single' | 'live'
  assets: AssetSource
}

/** Where a page has its pictures and files from. */
export interface AssetSource {
  /** @param asset the copy that fits a page; `original` is what was given */
  picture(asset: AssetRef, original: AssetRef): Promise<ShownPicture>
  url(asset: AssetRef): Promise<string>
}

export type ShownPicture =
  /** an image that opens the original */
  | { kind: 'shown'; src: string; href: string }
  /** a link alone: there was no room, or the picture cannot be decoded */
  | { kind: 'linked'; href: string }
  /** inert text in the page with a blurred stand-in; `first`: the same picture is in the page already, under this id */
  | { kind: 'held'; blur: string; id: string; data: string; first?: never }
  | { kind: 'held'; blur: string; first: string }

export interface PageContextOptions {
  form?: PageContext['form']
  /** the files beside the page, by default */
  assets?: AssetSource
}

export function createPageContext(
  document: NotebookDocument,
  { form = 'folder', assets = BESIDE }: PageContextOptions = {},
): PageContext {
  return { document, outline: outlineOf(document), form, assets }
}

const BESIDE: AssetSource = {
  picture: async (asset, original) => ({ kind: 'shown', src: assetHref(asset), href: assetHref(original) }),
  url: async (asset) => assetHref(asset),
}
