/** The page's light palette on white paper; contrast is 4.5:1 or more wherever there is text. */
export const COLORS = {
  ink: '#1d1d20',
  soft: '#5c5b57',
  faint: '#6f6d67',
  accent: '#0b5d8a',
  line: '#e2e1da',
  strongLine: '#c9c7bd',
  sunken: '#f5f5f1',
  mark: '#f1f0eb',
  good: '#17692f',
  goodBack: '#e3f3e6',
  bad: '#a3241b',
  badBack: '#fdecea',
  badLine: '#eebfba',
  wait: '#7a5200',
  waitBack: '#fdf1d6',
} as const

const ROLES: Record<string, string> = {
  keyword: '#8a2ba0',
  string: '#1a6e3a',
  'string-expression': '#1a6e3a',
  comment: '#6b6a64',
  constant: '#0b5d8a',
  function: '#7a4a00',
  parameter: COLORS.ink,
  punctuation: COLORS.soft,
  link: '#0b5d8a',
  inserted: COLORS.good,
  deleted: COLORS.bad,
  changed: COLORS.wait,
}
const ANSI: Record<string, string> = {
  black: COLORS.ink,
  red: '#a3241b',
  green: '#17692f',
  yellow: '#7a5200',
  blue: '#0b5d8a',
  magenta: '#8a2ba0',
  cyan: '#0b6b6b',
  white: COLORS.soft,
}

/** The colour of a piece of code by its role in the highlighter's words; undefined where it has the colour of its block. */
export function roleColor(role: string | undefined): string | undefined {
  if (role === undefined) return undefined
  if (role === 'ansi-bright-black') return COLORS.faint
  const ansi = /^ansi-(?:bright-)?(\w+)$/.exec(role)?.[1]
  return ansi === undefined ? ROLES[role] : ANSI[ansi]
}
