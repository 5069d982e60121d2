import { escapeXml } from '../xml.ts'

/** As much of a DOM as serialising reads. */
interface Node {
  nodeType: number
  localName?: string
  textContent: string | null
  childNodes: Iterable<Node>
  attributes?: Iterable<{ name: string; value: string }>
}

const ELEMENTS = new Set(['svg', 'g', 'path', 'line', 'rect', 'circle', 'text', 'tspan', 'title'])
const ATTRIBUTES =
  /^(?:viewBox|d|x|y|x1|x2|y1|y2|dx|dy|cx|cy|r|rx|width|height|transform|fill|stroke|fill-opacity|stroke-opacity|stroke-width|stroke-linejoin|stroke-linecap|stroke-miterlimit|stroke-dasharray|text-anchor|font-size|font-variant|font-weight|paint-order|aria-label|aria-description|aria-hidden)$/

/**
 * Writes a drawing with the elements and attributes of plots only, so that nothing else can come in by a label.
 *
 * @param paper black for `currentColor`, and the namespace that a file of its own needs
 */
export function serializeSvg(svg: Node, { title, paper }: { title: string; paper: boolean }): string {
  const viewBox = [...(svg.attributes ?? [])].find(({ name }) => name.toLowerCase() === 'viewbox')?.value ?? ''
  const inside = [...svg.childNodes].map((node) => write(node, paper)).join('')
  const label = escapeXml(title)
  const namespace = paper ? ' xmlns="http://www.w3.org/2000/svg"' : ''
  const font = ' font-family="system-ui, sans-serif" font-size="12" text-anchor="middle"'
  return `<svg${namespace} viewBox="${escapeXml(viewBox)}" role="img" aria-label="${label}" fill="${ink(paper)}"${font}>${inside}</svg>`
}

function write(node: Node, paper: boolean): string {
  if (node.nodeType === 3) return escapeXml(node.textContent ?? '')
  const name = node.localName ?? ''
  if (node.nodeType !== 1 || !ELEMENTS.has(name)) return ''
  const attributes = [...(node.attributes ?? [])]
    .filter((one) => ATTRIBUTES.test(one.name) && !one.name.startsWith('aria-'))
    .map((one) => ` ${one.name}="${escapeXml(attribute(one.name, one.value, paper))}"`)
    .join('')
  const inside = [...node.childNodes].map((child) => write(child, paper)).join('')
  return inside === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inside}</${name}>`
}

function attribute(name: string, value: string, paper: boolean): string {
  if (value === 'currentColor') return ink(paper)
  if (name === 'fill' || name === 'stroke' || name === 'font-variant') return value
  return value.replace(/-?\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(2))))
}

const ink = (paper: boolean): string => (paper ? '#33363d' : 'currentColor')
