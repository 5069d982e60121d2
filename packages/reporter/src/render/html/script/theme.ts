/** Light or dark by the reader's choice, which the browser keeps; without one, as the system has it. */
export const THEME_SCRIPT: string = String.raw`
;(() => {
  'use strict'
  const root = document.documentElement
  const remember = (theme) => { try { localStorage.setItem('notebook-theme', theme) } catch {} }
  const recall = () => { try { return localStorage.getItem('notebook-theme') } catch { return null } }
  const stored = recall()
  if (stored === 'light' || stored === 'dark') root.dataset.theme = stored
  const toggle = document.querySelector('[data-theme-toggle]')
  if (!toggle) return
  toggle.hidden = false
  toggle.addEventListener('click', () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
    root.dataset.theme = dark ? 'light' : 'dark'
    remember(root.dataset.theme)
  })
})()
`
