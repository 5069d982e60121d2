import { liteAdaptor } from '@mathjax/src/js/adaptors/liteAdaptor.js'
import { RegisterHTMLHandler } from '@mathjax/src/js/handlers/html.js'
import '@mathjax/src/js/input/tex/ams/AmsConfiguration.js'
import '@mathjax/src/js/input/tex/base/BaseConfiguration.js'
import '@mathjax/src/js/input/tex/boldsymbol/BoldsymbolConfiguration.js'
import '@mathjax/src/js/input/tex/newcommand/NewcommandConfiguration.js'
import { TeX } from '@mathjax/src/js/input/tex.js'
import { mathjax } from '@mathjax/src/js/mathjax.js'
import { SVG } from '@mathjax/src/js/output/svg.js'
import '@mathjax/src/js/util/asyncLoad/esm.js'
import type { Inset } from '../line/pieces.ts'
import type { Paper } from '../paper.ts'
import { drawSvg, svgFault } from './svg.ts'

/** A formula in units of its font's x-height. */
interface Typeset {
  svg: string
  width: number
  height: number
  descent: number
}

const adaptor = liteAdaptor()
RegisterHTMLHandler(adaptor)
const converter = mathjax.document('', {
  InputJax: new TeX({ packages: ['base', 'ams', 'newcommand', 'boldsymbol'], maxMacros: 1000 }),
  // an inline formula is one picture: MathJax 4 would part it where a line may break
  OutputJax: new SVG({ fontCache: 'none', displayOverflow: 'overflow', linebreaks: { inline: false } }),
})
const MAX_CACHED = 2000
const done = new Map<string, Typeset | undefined>()

/** MathJax's own ratio of x-height to size. */
const EX = 0.442

export async function typeset(source: string, display: boolean): Promise<void> {
  const key = `${display} ${source}`
  if (done.has(key)) return
  if (done.size > MAX_CACHED) done.clear()
  done.set(key, await convert(source, display))
}

/** Stands on the baseline of the text around it. */
export function formula(
  paper: Paper,
  source: string,
  { display, size, color }: { display: boolean; size: number; color: string },
): Inset | undefined {
  const found = done.get(`${display} ${source}`)
  if (!found) return undefined
  const ex = size * EX
  const [width, height, descent] = [found.width * ex, found.height * ex, found.descent * ex]
  const svg = found.svg.replaceAll('currentColor', color)
  return {
    width,
    ascent: height - descent,
    descent,
    alt: source.trim() || 'empty formula',
    draw: (x, baseline) => drawSvg(paper, svg, { x, y: baseline - height + descent, width, height }),
  }
}

async function convert(source: string, display: boolean): Promise<Typeset | undefined> {
  try {
    const node: unknown = await converter.convertPromise(source, { display })
    const svg = adaptor.firstChild(node as Parameters<typeof adaptor.firstChild>[0]) as Parameters<
      typeof adaptor.outerHTML
    >[0]
    const text = adaptor.outerHTML(svg)
    if (text.includes('data-mjx-error')) return undefined
    const length = (name: string): number => Number.parseFloat(adaptor.getAttribute(svg, name) ?? '0')
    const descent = -Number.parseFloat(adaptor.getStyle(svg, 'vertical-align') || '0')
    const bare = text.replace(/^<svg[^>]*>/, (open) => open.replace(/ (?:style|width|height)="[^"]*"/g, ''))
    if (svgFault(bare)) return undefined
    return { svg: bare, width: length('width'), height: length('height'), descent }
  } catch {
    return undefined
  }
}
