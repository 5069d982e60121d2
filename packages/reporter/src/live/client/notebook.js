import { connect } from './connection.js'
import { morph, refresh } from './morph.js'
import { showQuestions } from './questions.js'

const cells = document.getElementById('cells')
const style = document.createElement('link')
style.rel = 'stylesheet'
style.href = '-/live.css'
document.head.append(style)

connect(Number(document.body.dataset.seq), (patch) => {
  const bottom = document.documentElement.scrollHeight - innerHeight - scrollY
  for (const cell of patch.cells) show(cell)
  const facts = document.getElementById('facts')
  if (facts) facts.innerHTML = patch.facts
  const contents = document.querySelector('.contents')
  if (patch.contents && contents) morph(contents, patch.contents)
  if (patch.page) refresh().then(showQuestions, () => {})
  showQuestions()
  // who reads the end wants to go on reading the end
  if (bottom < 60 && scrollY > 0) scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })
})
showQuestions()

/** Replaces the cell of that id, or adds it where it belongs. */
function show({ id, parent, html }) {
  const shown = document.querySelector(`[data-cell="${CSS.escape(id)}"]`)
  if (shown) return morph(shown, html)
  const box = parent && document.querySelector(`[data-cell="${CSS.escape(parent)}"]`)
  const place = box ? box.querySelector(':scope > .subreport, :scope > .box > .inside') : cells
  const template = document.createElement('template')
  template.innerHTML = html.trim()
  place?.append(template.content)
}
