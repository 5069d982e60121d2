import { factsOf, parametersOf } from '../render/facts.ts'
import { documentHead } from '../render/html/head.ts'
import { THEME_SCRIPT } from '../render/html/script/theme.ts'
import { BASE_STYLE } from '../render/html/style/base.ts'
import { COLOR_STYLE } from '../render/html/style/colors.ts'
import { html, trusted, type Html } from '../render/html/template.ts'
import { STATUS_WORDS } from '../render/status.ts'
import { curvesHtml } from './curves.ts'
import { createFraming } from './framed-picture.ts'
import { keyCells } from './keys.ts'
import { picturePairHtml } from './picture-pair.ts'
import type { ComparedNotebook, ComparedRuns, NotebookRow } from './runs.ts'
import { COMPARE_SCRIPT } from './script.ts'
import { sourceDiffHtml } from './source-diff.ts'
import { COMPARE_STYLE } from './style.ts'

const STYLE = [COLOR_STYLE, BASE_STYLE, COMPARE_STYLE].join('')
const SCRIPT = `${THEME_SCRIPT};${COMPARE_SCRIPT}`

/**
 * A page that shows what differs between runs, as one file: parameters and facts, sources, curves, pictures. The first run is
 * what the others are compared with.
 *
 * @yields the next piece of the page
 */
export async function* renderComparison({ labels, rows }: ComparedRuns): AsyncGenerator<string, void> {
  const title = labels.length > 2 ? `${labels[0]} and ${labels.length - 1} others` : labels.join(' and ')
  yield String(
    html`${documentHead({ title: `Compared: ${title}`, style: STYLE, script: SCRIPT })} ${trusted('<body>')}
      <a class="skip" href="#main">Skip to the comparison</a>
      <header class="bar">
        <span class="crumbs"><b>Comparison</b></span>
        <button type="button" class="theme" data-theme-toggle aria-label="Switch between light and dark" hidden>
          ◐
        </button>
      </header>
      ${trusted('<main id="main">')}
      <header class="title">
        <h1>${labels.length} runs compared</h1>
        <ul class="runs">
          ${labels.map((label) => html`<li>${label}</li>`)}
        </ul>
      </header>`,
  )
  for (const row of rows) yield* rowHtml(row, labels)
  yield String(html`${trusted(`</main><script>${SCRIPT}</script></body></html>`)} `)
}

async function* rowHtml({ title, notebooks }: NotebookRow, labels: string[]): AsyncGenerator<string, void> {
  const present = notebooks.filter((one) => one !== undefined)
  yield String(
    html`${trusted('<section class="notebook">')}
      <h2>${title}</h2>
      ${factTable(notebooks, labels)}`,
  )
  const [base, ...others] = present
  if (!base || others.length === 0) {
    yield String(
      html`<p class="none">Only ${present.map(({ label }) => label).join()} has this notebook.</p>
        ${trusted('</section>')}`,
    )
    return
  }
  const keyed = new Map(present.map((one) => [one, keyCells(one.document)]))
  const sources = others.map((other) => sourcesHtml(base, other)).filter((one) => one !== undefined)
  if (sources.length > 0)
    yield String(
      html`<h3>Source</h3>
        ${sources}`,
    )
  const curves = await curvesHtml(present.map(({ label, document }) => ({ label, plots: keyCells(document).plots })))
  if (curves.length > 0)
    yield String(
      html`<h3>Curves</h3>
        ${curves}`,
    )
  yield String(html`<h3>Pictures</h3>`)
  const framing = createFraming()
  let pairs = 0
  for (const other of others) {
    for (const [name, picture] of keyed.get(base)!.pictures) {
      const match = keyed.get(other)!.pictures.get(name)
      if (!match) continue
      pairs++
      const group = others.length > 1 ? `against ${other.label}` : ''
      const sides = [
        { notebook: base, picture },
        { notebook: other, picture: match },
      ] as const
      const pair = await picturePairHtml(name, group, sides, framing).catch(
        (error: Error) => html`<p class="none">${name} could not be compared: ${error.message}</p>`,
      )
      yield String(pair)
    }
    yield String(unpairedHtml(base, other))
  }
  if (pairs === 0) yield String(html`<p class="none">No picture has the same name in both.</p>`)
  yield trusted('</section>').toString()
}

/** Parameters first, then where each is from and how it ended; what differs stands out. */
function factTable(notebooks: readonly (ComparedNotebook | undefined)[], labels: string[]): Html {
  const lists = notebooks.map((one) => {
    if (!one) return new Map<string, string>()
    const { document } = one
    const facts = [
      ...parametersOf(document),
      { label: 'Status', value: STATUS_WORDS[document.status] },
      ...factsOf(document),
    ]
    return new Map(facts.filter(({ label }) => label !== 'Run').map(({ label, value }) => [label, value]))
  })
  const names = new Set(lists.flatMap((list) => [...list.keys()]))
  const rows = [...names].map((name) => ({ name, values: lists.map((list) => list.get(name)) }))
  const differs = ({ values }: { values: (string | undefined)[] }) => new Set(values).size > 1
  const table = (shown: typeof rows) =>
    html`<div class="scroll" tabindex="0" role="region" aria-label="Parameters and facts">
      <table>
        <thead>
          <tr>
            <td></td>
            ${labels.map((label) => html`<th scope="col">${label}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (row) =>
              html`<tr class="${differs(row) ? 'differs' : ''}">
                <th scope="row">${row.name}</th>
                ${row.values.map((value) => html`<td>${value ?? '–'}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
  const same = rows.filter((row) => !differs(row))
  return html`${table(rows.filter(differs))}${
    same.length > 0 &&
    html`<details class="same-facts">
      <summary>${same.length} that are the same</summary>
      ${table(same)}
    </details>`
  }`
}

function sourcesHtml(base: ComparedNotebook, other: ComparedNotebook): Html | undefined {
  const [before, after] = [keyCells(base.document).sources, keyCells(other.document).sources]
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => before.get(name) !== after.get(name),
  )
  if (changed.length === 0) return undefined
  return html`<div class="sources">
    <p class="sides"><del>− ${base.label}</del> <ins>+ ${other.label}</ins></p>
    ${changed.map(
      (name) =>
        html`<h4>${name}</h4>
          ${sourceDiffHtml(before.get(name) ?? '', after.get(name) ?? '')}`,
    )}
  </div>`
}

function unpairedHtml(base: ComparedNotebook, other: ComparedNotebook): Html | undefined {
  const [one, two] = [keyCells(base.document).pictures, keyCells(other.document).pictures]
  const missing = (from: Map<string, unknown>, to: Map<string, unknown>) =>
    [...from.keys()].filter((name) => !to.has(name))
  const only = [
    { label: base.label, names: missing(one, two) },
    { label: other.label, names: missing(two, one) },
  ].filter(({ names }) => names.length > 0)
  return html`${only.map(({ label, names }) => html`<p class="none">Only in ${label}: ${names.join(', ')}</p>`)}`
}
