import { Ec2Error } from './errors.ts'
import { readOption, record } from './options-check.ts'

/**
 * Reads an object of options and refuses keys that mean nothing.
 * @param path name of the object for messages, empty for the options themselves
 * @throws Ec2Error `EC2_OPTIONS` with the nearest known name
 */
export function readKeys<K extends string>(
  path: string,
  value: unknown,
  known: readonly K[],
): { [key in K]?: unknown } {
  const object = readOption(path || 'options', value, record)
  for (const key of Object.keys(object)) {
    if ((known as readonly string[]).includes(key)) continue
    const full = path ? `${path}.${key}` : key
    const near = nearest(key, known)
    throw new Ec2Error('EC2_OPTIONS', `There is no \`${full}\` option`, {
      fix: near ? `Did you mean \`${near}\`?` : `Known are ${known.map((name) => `\`${name}\``).join(', ')}.`,
      data: { option: full },
    })
  }
  return object as { [key in K]?: unknown }
}

/** The candidate that a typing error away from `word` lies, if any: at most a third of its letters changed. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best && best.distance <= Math.max(1, Math.floor(word.length / 3)) ? best.candidate : undefined
}

/** Levenshtein's distance, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
