import type { Definition, Nodes, Root, RootContent } from 'mdast'
import type { OutlineEntry } from '../outline.ts'

/**
 * The prose of one cell with headings of the report's levels. A cell cannot reach into the next one: its references are
 * written out as links, its footnotes carry its id, and HTML that it leaves open is shown as text.
 */
export function proseNodes(tree: Root, cell: string, headings: readonly OutlineEntry[] = []): RootContent[] {
  const known = new Map<string, Definition>()
  for (const node of tree.children)
    if (node.type === 'definition' && !known.has(node.identifier)) known.set(node.identifier, node)
  let heading = 0
  const visit = <T extends Nodes>(node: T): T => {
    const copy: Nodes = { ...node }
    switch (copy.type) {
      case 'heading':
        copy.depth = Math.min(headings[heading++]?.level ?? copy.depth + 1, 6) as typeof copy.depth
        break
      case 'footnoteReference':
      case 'footnoteDefinition':
        copy.identifier = copy.label = `${cell}-${copy.identifier}`
        break
      case 'html':
        if (!isWhole(copy.value)) return { type: 'text', value: copy.value } as Nodes as T
        break
      case 'linkReference':
      case 'imageReference': {
        const found = known.get(copy.identifier)
        if (!found) break
        const { url, title = null } = found
        if (copy.type === 'imageReference') return { type: 'image', url, title, alt: copy.alt ?? '' } as Nodes as T
        return { type: 'link', url, title, children: copy.children.map(visit) } as Nodes as T
      }
    }
    if ('children' in copy) (copy as { children: Nodes[] }).children = copy.children.map(visit)
    return copy as T
  }
  return tree.children
    .filter(({ type }) => type !== 'definition')
    .map(visit)
    .map((node) => ((node as Nodes).type === 'text' ? { type: 'paragraph', children: [node] } : node) as RootContent)
}

const VOID = new Set(['br', 'hr', 'img', 'wbr', 'input', 'col', 'source', 'area', 'track'])
const LONE =
  /^<\/?(?:b|i|u|s|em|strong|sub|sup|kbd|mark|small|del|ins|code|samp|var|q|cite|abbr|span|a)(?:\s[^<>]*)?>$/i

/** What no prose needs; GitHub takes it out, other viewers may not. */
const HARMFUL = /<\s*(?:script|iframe|object|embed|style|base|meta|link|form|svg)\b|\son\w+\s*=|javascript:/i

/** Whether every element of the markup ends within it; inline tags stand alone in Markdown's tree and end with their paragraph. */
function isWhole(markup: string): boolean {
  if (HARMFUL.test(markup)) return false
  if (LONE.test(markup.trim())) return true
  const rest = markup.replace(/<!--[\s\S]*?-->/g, '')
  if (rest.includes('<!') || rest.includes('<?')) return false
  const open: string[] = []
  for (const [tag, slash, name = '', end] of rest.matchAll(
    /<(\/?)([a-z][\w-]*)(?:"[^"]*"|'[^']*'|[^'"<>])*?(\/?)>/gi,
  )) {
    const element = name.toLowerCase()
    if (VOID.has(element) || end === '/' || tag === '') continue
    if (slash === '') open.push(element)
    else if (open.pop() !== element) return false
  }
  const left = rest.replace(/<\/?[a-z][\w-]*(?:"[^"]*"|'[^']*'|[^'"<>])*>/gi, '')
  return open.length === 0 && !left.includes('<')
}
