import type { Nodes } from 'mdast'
import type { Paper } from '../paper.ts'
import type * as MathJax from './mathjax.ts'
import type { Inset } from '../line/pieces.ts'

type Engine = typeof MathJax

/** TeX as vector graphics. The engine is loaded for the first formula: it costs 60 MB and half a second. */
export class Formulas {
  #paper: Paper
  #engine: Engine | undefined

  constructor(paper: Paper) {
    this.#paper = paper
  }

  /** Sets every formula below a node, so that `of` finds it; what cannot be set is shown as its source. */
  async prepare(node: Nodes): Promise<void> {
    for (const { value, display } of formulasIn(node)) {
      this.#engine ??= await import('./mathjax.ts')
      await this.#engine.typeset(value, display)
    }
  }

  /** A formula in text of this size, or undefined where TeX does not understand it; it must be prepared before. */
  of(source: string, { display, size, color }: { display: boolean; size: number; color: string }): Inset | undefined {
    return this.#engine?.formula(this.#paper, source, { display, size, color })
  }
}

/** @yields every formula below a node */
function* formulasIn(node: Nodes): Generator<{ value: string; display: boolean }> {
  if (node.type === 'inlineMath' || node.type === 'math') yield { value: node.value, display: node.type === 'math' }
  if ('children' in node) for (const child of node.children) yield* formulasIn(child)
}
