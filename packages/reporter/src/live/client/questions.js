import { paintable } from './paint.js'

/** After that, somebody who sent an answer wants to know why nothing happens. */
const SOON_MS = 1500
const BUSY = 'The worker is busy computing. Your answer waits for it and is taken as soon as it listens.'

/** Puts its form into each question that waits for an answer. */
export function showQuestions() {
  for (const place of document.querySelectorAll('[data-question]')) {
    const waiting = place.querySelector('.waiting')
    if (!waiting || place.dataset.asked) continue
    place.dataset.asked = 'true'
    fill(place, waiting).then(
      (filled) => filled || delete place.dataset.asked,
      () => delete place.dataset.asked,
    )
  }
}

async function fill(place, waiting) {
  const response = await fetch(`-/question/${encodeURIComponent(place.dataset.question)}`)
  if (!response.ok) return false
  waiting.insertAdjacentHTML('beforebegin', await response.text())
  waiting.hidden = true
  const form = place.querySelector('form')
  const masks = new Map(
    [...form.querySelectorAll('[data-mask]')].map((field) => [field.dataset.mask, paintable(field)]),
  )
  countDown(form)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void send(form, masks)
  })
  return true
}

async function send(form, masks) {
  const say = (words, bad = false) => {
    const output = form.querySelector('output')
    output.textContent = words
    output.classList.toggle('bad', bad)
  }
  const button = form.querySelector('[type=submit]')
  let values
  try {
    values = await valuesOf(form, masks)
  } catch (error) {
    return say(error.message, true)
  }
  button.disabled = true
  say('Sending…')
  const slow = setTimeout(() => say(BUSY), SOON_MS)
  try {
    const response = await fetch(`-/answer/${encodeURIComponent(form.dataset.ask)}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ values }),
    })
    if (response.ok) return say('Answered.')
    say(await response.text(), true)
  } catch {
    say('The answer did not get through: the run or its server is gone.', true)
  } finally {
    clearTimeout(slow)
    button.disabled = false
  }
}

async function valuesOf(form, masks) {
  const values = {}
  for (const field of form.querySelectorAll('[name]')) {
    if (field.type === 'file') {
      const [file] = field.files
      if (file) values[field.name] = { name: file.name, data: await base64(file) }
    } else if (field.type === 'checkbox') values[field.name] = field.checked
    else if (field.type === 'number') values[field.name] = field.valueAsNumber
    else if (field.matches('[data-json]')) values[field.name] = parse(field)
    else values[field.name] = field.value
  }
  for (const [name, mask] of masks) values[name] = { name: `${name}.png`, data: await base64(await mask()) }
  return values
}

function parse(field) {
  try {
    return JSON.parse(field.value)
  } catch (error) {
    throw new Error(`${field.name} is not JSON: ${error.message}`, { cause: error })
  }
}

function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1))
    reader.onerror = () => reject(new Error('The picture could not be read.'))
    reader.readAsDataURL(blob)
  })
}

/** When the time is over, the defaults are the answer. */
function countDown(form) {
  const until = Number(form.dataset.until)
  const place = form.querySelector('[data-left]')
  if (!until) return
  const timer = setInterval(tick, 1000)
  tick()
  function tick() {
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000))
    place.textContent =
      seconds > 0 ? `${form.dataset.then} in ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}` : ''
    if (seconds === 0 || !form.isConnected) clearInterval(timer)
  }
}
