import type { Element } from 'hast'
import type { Nodes, Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { mathFromMarkdown, type Math } from 'mdast-util-math'
import { gfm } from 'micromark-extension-gfm'
import { math } from 'micromark-extension-math'

/** Markdown of one cell as a tree: GitHub's dialect and math. One tree drives HTML, PDF and the table of contents. */
export function parseMarkdown(source: string): Root {
  const root = fromMarkdown(source, {
    extensions: [gfm(), math()],
    mdastExtensions: [gfmFromMarkdown(), mathFromMarkdown()],
  })
  raiseDisplayMath(root)
  return root
}

/** The text of a node without its markup. */
export function plainText(node: Nodes): string {
  if (node.type === 'break') return ' '
  if ('value' in node) return node.value
  if (node.type === 'image') return node.alt ?? ''
  return 'children' in node ? node.children.map(plainText).join('') : ''
}

/** `$$x$$` on one line is parsed as inline math; alone in its paragraph it is meant as a formula of its own. */
function raiseDisplayMath(root: Root): void {
  root.children.forEach((node, index) => {
    if (node.type !== 'paragraph' || node.children.length !== 1) return
    const [only] = node.children
    if (only?.type !== 'inlineMath') return
    const { start, end } = only.position ?? {}
    const length = (end?.offset ?? 0) - (start?.offset ?? 0)
    if (length >= only.value.length + 4) root.children[index] = displayMath(only.value)
  })
}

/** As `mdast-util-math` makes it, with what it says about the HTML. */
function displayMath(value: string): Math {
  const code: Element = {
    type: 'element',
    tagName: 'code',
    properties: { className: ['language-math', 'math-display'] },
    children: [{ type: 'text', value }],
  }
  return { type: 'math', value, data: { hName: 'pre', hChildren: [code] } }
}
