import picomatch from 'picomatch'

/** What decides language, times, colours and how Node behaves: code prints the same there as here. */
const ALWAYS = [
  'TZ',
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

/** Of an environment, what a worker on a host gets: what concerns every program, what `isPassed` says, and what the `env` option names. */
export function passedVariables(
  env: NodeJS.ProcessEnv,
  allowed: readonly string[],
  isPassed: (name: string) => boolean = () => false,
): Record<string, string> {
  const isAllowed = allowed.length > 0 ? picomatch([...allowed]) : () => false
  const chosen: Record<string, string> = { TZ: Intl.DateTimeFormat().resolvedOptions().timeZone }
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue
    if (ALWAYS.includes(name) || isPassed(name) || isAllowed(name)) chosen[name] = value
  }
  return chosen
}
