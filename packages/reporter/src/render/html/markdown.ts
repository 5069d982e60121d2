import type { Element, Nodes, Root } from 'hast'
import { raw } from 'hast-util-raw'
import { defaultSchema, sanitize, type Schema } from 'hast-util-sanitize'
import { toHtml } from 'hast-util-to-html'
import katex from 'katex'
import type { Root as MarkdownRoot } from 'mdast'
import { toHast } from 'mdast-util-to-hast'
import { highlight } from '../highlight.ts'
import type { OutlineEntry } from '../outline.ts'
import { tokenLines } from './code.ts'
import { trusted, type Html } from './template.ts'

/** GitHub's rules, stricter: no inline style, no ids but ours, no picture from the network. */
const SCHEMA: Schema = {
  ...defaultSchema,
  clobberPrefix: 'user-',
  attributes: {
    ...defaultSchema.attributes,
    code: [['className', /^language-./, 'math-inline', 'math-display']],
    img: [...(defaultSchema.attributes?.['img'] ?? [])],
  },
  protocols: { ...defaultSchema.protocols, src: ['data'], href: ['http', 'https', 'mailto'], longDesc: [], cite: [] },
}

/** A longer formula may be wider than a phone and gets a scroll bar: browsers do not break formulas. */
const SHORT_TEX = 40

/** Markdown as safe HTML: raw HTML in it passes a list of harmless elements, math becomes MathML, code is highlighted. */
export async function markdownHtml(tree: MarkdownRoot, headings: readonly OutlineEntry[] = []): Promise<Html> {
  const hast = toHast(tree, { allowDangerousHtml: true, clobberPrefix: 'user-' })
  return await finish(raw(hast) as Root, headings)
}

/** Somebody's HTML with all taken out that could run, load or restyle anything. */
export async function foreignHtml(markup: string): Promise<Html> {
  return await finish(raw({ type: 'root', children: [{ type: 'raw', value: markup }] }) as Root, [])
}

/** TeX as MathML, which browsers draw without fonts or styles of ours. */
export function mathHtml(tex: string, display: boolean): Html {
  const options = { output: 'mathml', displayMode: display, throwOnError: false, strict: false, trust: false } as const
  const math = katex.renderToString(tex, { ...options, errorColor: 'currentcolor' })
  if (!display && tex.length <= SHORT_TEX) return trusted(math)
  const tag = display ? 'div' : 'span'
  return trusted(`<${tag} class="formula" tabindex="0" role="group" aria-label="Formula">${math}</${tag}>`)
}

async function finish(tree: Root, headings: readonly OutlineEntry[]): Promise<Html> {
  const clean = sanitize(tree, SCHEMA) as Root
  let heading = 0
  const visit = async (node: Nodes): Promise<Nodes> => {
    if (node.type === 'root') return { ...node, children: (await all(node.children)) as Root['children'] }
    if (node.type !== 'element') return node
    const math = mathOf(node)
    if (math) return { type: 'raw', value: String(math) }
    if (node.tagName === 'pre') return await codeBlock(node)
    const children = (await all(node.children)) as Element['children']
    if (/^h[1-6]$/.test(node.tagName)) {
      const entry = headings[heading++]
      return entry ? titled({ ...node, children }, entry) : { ...node, tagName: 'p', children }
    }
    if (node.tagName === 'table') return scrolling({ ...node, children })
    if (node.tagName === 'img') return picture(node)
    if (node.tagName === 'input') return task(node)
    return { ...node, children }
  }
  const all = async (nodes: readonly Nodes[]): Promise<Nodes[]> => {
    const done: Nodes[] = []
    for (const node of nodes) done.push(await visit(node))
    return done
  }
  return trusted(toHtml(await visit(clean), { allowDangerousHtml: true }))
}

function mathOf(node: Element): Html | undefined {
  const code = node.tagName === 'pre' ? node.children.find((one) => one.type === 'element') : node
  if (code?.type !== 'element' || code.tagName !== 'code') return undefined
  const classes = code.properties['className']
  if (!Array.isArray(classes)) return undefined
  if (classes.includes('math-display')) return mathHtml(textOf(code), true)
  return classes.includes('math-inline') ? mathHtml(textOf(code), false) : undefined
}

async function codeBlock(node: Element): Promise<Nodes> {
  const code = node.children.find((one) => one.type === 'element')
  const classes = code?.properties['className']
  const language = Array.isArray(classes) ? String(classes[0] ?? '').replace(/^language-/, '') : ''
  const lines = await highlight(textOf(node).replace(/\n$/, ''), language)
  const block = `<pre class="code" tabindex="0"><code>${tokenLines(lines)}</code></pre>`
  if (language !== 'mermaid') return { type: 'raw', value: block }
  const note = 'A Mermaid diagram; GitHub draws it in the Markdown report.'
  return { type: 'raw', value: `<figure class="diagram">${block}<figcaption>${note}</figcaption></figure>` }
}

function titled(node: Element, { level, anchor, text }: OutlineEntry): Element {
  const link: Element = {
    type: 'element',
    tagName: 'a',
    properties: { href: `#${encodeURIComponent(anchor)}`, className: ['anchor'], ariaLabel: `Link to ${text}` },
    children: [{ type: 'text', value: '#' }],
  }
  return { ...node, tagName: `h${level}`, properties: { id: anchor }, children: [...node.children, link] }
}

function scrolling(node: Element): Element {
  return {
    type: 'element',
    tagName: 'div',
    properties: { className: ['scroll'], tabIndex: 0, role: 'group', ariaLabel: 'Table' },
    children: [node],
  }
}

/** Pictures of prose come from nowhere but the page itself: one on the net would tell its server who reads. */
function picture(node: Element): Element {
  const { src, alt } = node.properties
  if (typeof src === 'string' && /^(?:data:image\/|assets\/)/.test(src)) {
    return { ...node, properties: { src, alt: alt ?? '', loading: 'lazy' } }
  }
  return {
    type: 'element',
    tagName: 'span',
    properties: {},
    children: [{ type: 'text', value: `[${String(alt ?? 'picture')}]` }],
  }
}

/** The box of a task is a picture of its state: nobody can change it here. */
function task({ properties }: Element): Element {
  const { checked } = properties
  return {
    type: 'element',
    tagName: 'input',
    properties: { type: 'checkbox', disabled: true, checked, ariaLabel: checked ? 'done' : 'to do' },
    children: [],
  }
}

function textOf(node: Nodes): string {
  if (node.type === 'text') return node.value
  return 'children' in node ? node.children.map(textOf).join('') : ''
}
