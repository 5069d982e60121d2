/**
 * Lays pictures over one another: a slider, an onion skin, in turn, the difference. Pictures that change by themselves do so
 * slower than what harms anybody (WCAG 2.3.1), and where less motion is wanted only when asked.
 */
export const COMPARE_SCRIPT: string = String.raw`
(() => {
  'use strict'
  for (const figure of document.querySelectorAll('[data-pair]')) {
    const stage = figure.querySelector('.stage')
    const range = figure.querySelector('input')
    const buttons = [...figure.querySelectorAll('[data-mode-button]')]
    stage.style.setProperty('--one', figure.dataset.one)
    stage.style.setProperty('--other', figure.dataset.other)
    let timer
    const place = () => stage.style.setProperty('--place', range.value + '%')
    let first = false
    const turn = () => {
      first = !first
      stage.style.setProperty('--place', first ? '100%' : '0%')
    }
    const show = (mode) => {
      figure.dataset.mode = mode
      for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.modeButton === mode))
      range.hidden = mode !== 'Slider' && mode !== 'Onion'
      clearInterval(timer)
      if (mode !== 'Flicker') return place()
      turn()
      if (!matchMedia('(prefers-reduced-motion: reduce)').matches) timer = setInterval(turn, 700)
    }
    figure.querySelector('.modes').hidden = false
    figure.classList.add('ready')
    for (const button of buttons) button.addEventListener('click', () => show(button.dataset.modeButton))
    range.addEventListener('input', place)
    stage.addEventListener('pointermove', (event) => {
      if (range.hidden || (event.pointerType === 'mouse' && event.buttons !== 1)) return
      const box = stage.getBoundingClientRect()
      range.value = ((event.clientX - box.left) / box.width) * 100
      place()
    })
    show('Side by side')
  }
})()
`
