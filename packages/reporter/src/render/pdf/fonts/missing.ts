import { formatCount } from '../../format.ts'
import { packagesFor } from './files.ts'

/** So many characters are named. */
const NAMED = 8

/**
 * What to tell the reader about characters that no font has, and what to install for them.
 *
 * @returns sentences; none when every character was drawn
 */
export function missingWords(missing: ReadonlySet<string>): string[] {
  if (missing.size === 0) return []
  const all = [...missing].toSorted()
  const points = all.slice(0, NAMED).map((one) => Array.from(one, toPoint).join(' '))
  const more = all.length > NAMED ? ` and ${formatCount(all.length - NAMED)} more` : ''
  const [which, stand] =
    all.length === 1 ? ['one character', 'it stands'] : [`${formatCount(all.length)} characters`, 'they stand']
  const packages = all.map(packagesFor)
  const install = [...new Set(packages.flatMap(([first]) => first ?? []))]
  const sentences = [`No font here has ${which} of this report, so ${stand} as \uFFFD: ${points.join(', ')}${more}.`]
  if (install.length > 0) sentences.push(`To draw them, install and render again: npm i -D ${install.join(' ')}`)
  if (packages.some((some) => some.length === 0)) {
    sentences.push(
      `${install.length > 0 ? 'For the rest there' : 'There'} is no font that PDFs use; the HTML report shows them.`,
    )
  }
  return sentences
}

function toPoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}
