/** Two pictures over each other; a range input over them moves the line between, by pointer and by keys. */
export const COMPARE_SCRIPT: string = String.raw`
const prepareCompares = () => {
  for (const figure of all('[data-compare]:not(.ready)')) {
    if (all('img', figure).length !== 2) continue
    figure.classList.add('ready')
    for (const zoom of all('.zoom', figure)) zoom.tabIndex = -1
    figure.querySelector('.slider').hidden = false
  }
}
on('input', '[data-compare] .slider', (slider) => slider.parentElement.style.setProperty('--split', slider.value + '%'))
`
