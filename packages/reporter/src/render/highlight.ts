import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore, type ThemedToken } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'

/** A piece of code with its role: `keyword`, `string`, `comment`, `ansi-red`… or none. HTML makes classes of roles, PDF colours. */
export interface Token {
  text: string
  role?: string
  /** of terminals only */
  bold?: boolean
  underline?: boolean
  /** the colour behind the text: `ansi-red`… */
  background?: string
}

const LANGUAGES: Record<string, string> = {
  ts: 'typescript',
  typescript: 'typescript',
  tsx: 'tsx',
  js: 'javascript',
  javascript: 'javascript',
  json: 'json',
  sh: 'shellscript',
  bash: 'shellscript',
  shell: 'shellscript',
  diff: 'diff',
  yaml: 'yaml',
  yml: 'yaml',
  html: 'html',
  css: 'css',
  python: 'python',
  py: 'python',
}
/** Longer code is shown plain: highlighting it costs seconds and nobody reads it. */
const MAX_LENGTH = 100_000
const MAX_CACHED = 500
/** A long line ends the work, never the clock: what a busy machine writes is what an idle one does. */
const BOUNDS = { tokenizeTimeLimit: 0, tokenizeMaxLineLength: 5000 }

/**
 * Lines of tokens. Grammars are loaded at the first code in their language.
 *
 * @param language as after the ``` of Markdown; an unknown one gives plain lines; `ansi` reads escape sequences
 */
export async function highlight(code: string, language = ''): Promise<Token[][]> {
  const name = language === 'ansi' ? 'ansi' : LANGUAGES[language.toLowerCase()]
  if (name === undefined || code.length > MAX_LENGTH) return code.split('\n').map((text) => (text ? [{ text }] : []))
  const key = `${name}\n${code}`
  const known = cache.get(key)
  if (known) return known
  const shiki = await highlighter()
  if (name !== 'ansi') await load(shiki, name)
  const lines = shiki.codeToTokensBase(code, { lang: name, theme: 'css-variables', ...BOUNDS }).map(joined)
  if (cache.size >= MAX_CACHED) cache.clear()
  cache.set(key, lines)
  return lines
}

const cache = new Map<string, Token[][]>()
let created: Promise<HighlighterCore> | undefined

function highlighter(): Promise<HighlighterCore> {
  created ??= createHighlighterCore({
    themes: [createCssVariablesTheme({ name: 'css-variables', variablePrefix: '--', fontStyle: false })],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  })
  return created
}

const GRAMMARS: Record<string, () => Promise<{ default: unknown }>> = {
  typescript: () => import('shiki/langs/typescript.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  shellscript: () => import('shiki/langs/shellscript.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  python: () => import('shiki/langs/python.mjs'),
}

async function load(shiki: HighlighterCore, name: string): Promise<void> {
  if (shiki.getLoadedLanguages().includes(name)) return
  const grammar = GRAMMARS[name]
  if (grammar) await shiki.loadLanguage((await grammar()).default as Parameters<HighlighterCore['loadLanguage']>[0])
}

/** Neighbours that look the same become one token. */
function joined(line: ThemedToken[]): Token[] {
  const tokens: Token[] = []
  for (const { content, color, bgColor, fontStyle = 0 } of line) {
    const role = roleOf(color)
    const background = roleOf(bgColor)
    const token: Token = {
      text: content,
      ...(role !== undefined && { role }),
      ...(fontStyle > 0 && (fontStyle & BOLD) !== 0 && { bold: true }),
      ...(fontStyle > 0 && (fontStyle & UNDERLINE) !== 0 && { underline: true }),
      ...(background !== undefined && { background }),
    }
    const last = tokens.at(-1)
    const blank =
      content.trim() === '' && !token.underline && background === undefined && last?.background === undefined
    if (last && !last.underline && (blank || looksLike(last, token))) last.text += content
    else tokens.push(token)
  }
  return tokens
}

const BOLD = 2
const UNDERLINE = 4

function looksLike(a: Token, b: Token): boolean {
  return a.role === b.role && a.bold === b.bold && a.underline === b.underline && a.background === b.background
}

/** The name in a variable of the theme; a colour of its own, as terminals with 256 of them have, becomes the nearest of eight. */
function roleOf(color: string | undefined): string | undefined {
  const named = /^var\(--(?:token-)?([\w-]+)\)$/.exec(color ?? '')?.[1]
  if (named !== undefined) return named === 'foreground' || named === 'background' ? undefined : named
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})/i.exec(color ?? '')
  return hex ? nearestColor(hex.slice(1).map((pair) => Number.parseInt(pair, 16))) : undefined
}

function nearestColor([red = 0, green = 0, blue = 0]: number[]): string | undefined {
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)]
  if (most - least < 48) return most > 170 ? undefined : 'ansi-bright-black'
  const middle = (most + least) / 2
  const bits = (red > middle ? 1 : 0) + (green > middle ? 2 : 0) + (blue > middle ? 4 : 0)
  return ['ansi-bright-black', 'ansi-red', 'ansi-green', 'ansi-yellow', 'ansi-blue', 'ansi-magenta', 'ansi-cyan'][bits]
}
