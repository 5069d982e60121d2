import picomatch from 'picomatch'

/** What decides language, times and how Node behaves: a function prints the same there as here. */
const ALWAYS = [
  'NODE_ENV',
  'CI',
  'FORCE_COLOR',
  'NO_COLOR',
  'TERM',
  'COLORTERM',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'NODE_DEBUG',
]

/** Environment variables of a worker on a host: nothing of this process's but these and those that `allowed` names. */
export function functionEnvironment(allowed: readonly string[]): Record<string, string> {
  const isAllowed = allowed.length > 0 ? picomatch([...allowed]) : () => false
  const chosen: Record<string, string> = { TZ: Intl.DateTimeFormat().resolvedOptions().timeZone }
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && (ALWAYS.includes(name) || name === 'TZ' || isAllowed(name))) chosen[name] = value
  }
  return chosen
}
