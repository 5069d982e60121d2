import type { Page } from 'playwright-core'

/** A picture of a page or of one block. */
export interface Shot {
  name: string
  title: string
  alt: string
  page: 'painting' | 'odd' | 'run' | 'runs' | 'compared' | 'live'
  width: number
  height?: number
  dark?: boolean
  /** one block, by its kind; without it the top of the page */
  block?: string
  before?: (page: Page) => Promise<void>
}

const WIDE = 1180
const COLUMN = 860
export const PHONE = 390

export const SHOTS: Shot[] = [
  {
    name: 'report-light',
    title: 'A report',
    alt: 'The top of a report: contents, title, parameters, prose with a formula, a code cell',
    page: 'painting',
    width: WIDE,
    height: 1500,
  },
  {
    name: 'report-dark',
    title: 'The same at night',
    alt: 'The same page with a dark background',
    page: 'painting',
    width: WIDE,
    height: 1500,
    dark: true,
  },
  {
    name: 'phone',
    title: 'On a phone',
    alt: 'The same report 390 pixels wide',
    page: 'painting',
    width: PHONE,
    height: 1400,
  },
  {
    name: 'run',
    title: 'The index of a run',
    alt: 'Cards of four notebooks with pictures, how they ended and links, and a table of hosts with their cost',
    page: 'run',
    width: WIDE,
    height: 1050,
  },
  {
    name: 'runs',
    title: 'All runs',
    alt: 'A list of runs with pictures, how they ended and what they cost, above it a search and filters',
    page: 'runs',
    width: WIDE,
    height: 860,
  },
  {
    name: 'live',
    title: 'While it runs: a question, with a mask to paint',
    alt: 'A form on the live page: a choice, a tick, and a photograph of which the sky is painted over',
    page: 'live',
    width: COLUMN,
    block: '[data-cell=c3]',
    before: paint,
  },
  {
    name: 'compared',
    title: 'Two runs compared',
    alt: 'Parameters that differ, changed lines, curves over one another, and pictures side by side',
    page: 'compared',
    width: WIDE,
    height: 1900,
  },
  {
    name: 'code',
    title: 'A code cell',
    alt: 'Source with its place and time, then what it printed in colours, a warning, and its value',
    page: 'painting',
    width: COLUMN,
    block: '.code-cell:has(.stream)',
  },
  {
    name: 'compare',
    title: 'Before and after',
    alt: 'A photograph and a painting of it with a handle on the line between',
    page: 'painting',
    width: COLUMN,
    block: '.compare-cell',
    before: (page) => page.locator('.compare .slider').fill('40'),
  },
  {
    name: 'gallery',
    title: 'A gallery with its scrubber',
    alt: 'One picture large, a slider under it and a strip of small ones',
    page: 'painting',
    width: COLUMN,
    block: '.gallery-cell',
    before: (page) => page.locator('.gallery .slider').fill('6'),
  },
  {
    name: 'lightbox',
    title: 'The large view',
    alt: 'One picture over the whole window, with buttons to the next',
    page: 'painting',
    width: WIDE,
    height: 800,
    before: async (page) => {
      await page.locator('.gallery .slider').fill('4')
      await page.locator('[data-enlarge]').click()
    },
  },
  {
    name: 'plot',
    title: 'A plot',
    alt: 'Two curves over the radius with a legend',
    page: 'painting',
    width: COLUMN,
    block: '.plot-cell',
  },
  {
    name: 'table',
    title: 'A table with statistics',
    alt: 'Rows of numbers, statistics of each column, and a link to the CSV',
    page: 'painting',
    width: COLUMN,
    block: '.table-cell',
    before: (page) => page.locator('.table .fold summary').click(),
  },
  {
    name: 'question',
    title: 'A question with its answer',
    alt: 'A box with two fields and what was answered',
    page: 'painting',
    width: COLUMN,
    block: '.question-cell',
  },
  {
    name: 'error',
    title: 'An error',
    alt: 'A code cell with a red border, then the error with its stack',
    page: 'painting',
    width: COLUMN,
    block: '.code-cell:has(.error)',
    before: (page) => page.locator('.error summary').first().click(),
  },
  {
    name: 'killed',
    title: 'A notebook that was killed',
    alt: 'A notice says when and in which cell the worker was gone',
    page: 'odd',
    width: COLUMN,
    height: 620,
  },
]

async function paint(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Answer' }).waitFor()
  const canvas = page.locator('canvas')
  await canvas.scrollIntoViewIfNeeded()
  const { x, y, width } = (await canvas.boundingBox())!
  await page.mouse.move(x + width * 0.55, y + 30)
  await page.mouse.down()
  for (const [across, down] of [
    [0.95, 36],
    [0.6, 60],
    [0.93, 90],
  ] as const)
    await page.mouse.move(x + width * across, y + down, { steps: 8 })
  await page.mouse.up()
}
