import type { NotebookEntry } from '../run/record.ts'

/** A line below a test: `↳ Deep Dream  http://…  14 cells, 22 images`. */
export function toRow({ title, cells, images, status, inFlight }: NotebookEntry, where: string): string {
  const counts = [count(cells, 'cell'), images > 0 && count(images, 'image')].filter(Boolean).join(', ')
  const how = status === 'killed' ? ` · killed${inFlight ? ` in “${inFlight}”` : ''}` : ''
  return `   ↳ ${title}  ${where}  ${counts}${how}`
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
