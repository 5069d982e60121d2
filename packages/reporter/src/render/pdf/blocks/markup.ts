import type { Root as HtmlRoot } from 'hast'
import { raw } from 'hast-util-raw'
import { defaultSchema, sanitize } from 'hast-util-sanitize'
import { toMdast } from 'hast-util-to-mdast'
import type { Nodes, Root } from 'mdast'
import { toHast } from 'mdast-util-to-hast'

/** Math of Markdown survives its way through HTML as the classes that mark it. */
const SCHEMA = {
  ...defaultSchema,
  clobberPrefix: '',
  attributes: {
    ...defaultSchema.attributes,
    code: [['className', /^language-./, 'math-inline', 'math-display']] as never,
  },
}

/** A Markdown tree whose raw HTML has become Markdown, as far as Markdown can say it. */
export function settled(tree: Root): Root {
  return hasHtml(tree) ? fromHast(raw(toHast(tree, { allowDangerousHtml: true, clobberPrefix: '' })) as HtmlRoot) : tree
}

/** Somebody's HTML as a Markdown tree; scripts, styles and forms are left out. */
export function markdownOfHtml(markup: string): Root {
  return fromHast(raw({ type: 'root', children: [{ type: 'raw', value: markup }] }) as HtmlRoot)
}

function fromHast(tree: HtmlRoot): Root {
  const clean = sanitize(tree, SCHEMA) as HtmlRoot
  const found = toMdast(clean, {
    handlers: {
      code(state, node) {
        const classes = node.properties['className']
        const value = node.children.map((child) => ('value' in child ? child.value : '')).join('')
        if (Array.isArray(classes) && classes.includes('math-inline')) return { type: 'inlineMath', value } as never
        return { type: 'inlineCode', value }
      },
      pre(state, node) {
        const [code] = node.children
        const classes = code?.type === 'element' ? code.properties['className'] : undefined
        const names = Array.isArray(classes) ? classes.map(String) : []
        const value = textOf(node).replace(/\n$/, '')
        if (names.includes('math-display')) return { type: 'math', value } as never
        return { type: 'code', value, lang: names[0]?.replace(/^language-/, '') ?? null }
      },
      summary: (state, node) => ({
        type: 'paragraph',
        children: [{ type: 'strong', children: state.all(node) as never }],
      }),
    },
  })
  return found.type === 'root' ? found : { type: 'root', children: [found as never] }
}

function hasHtml(node: Nodes): boolean {
  return node.type === 'html' || ('children' in node && node.children.some(hasHtml))
}

function textOf(node: { children?: unknown[]; value?: string }): string {
  return node.value ?? (node.children ?? []).map((child) => textOf(child as { value?: string })).join('')
}
