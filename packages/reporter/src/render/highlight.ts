import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'

/** A piece of code with its role: `keyword`, `string`, `comment`, `ansi-red`… or none. HTML makes classes of roles, PDF colours. */
export interface Token {
  text: string
  role?: string
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
  const lines = shiki.codeToTokensBase(code, { lang: name, theme: 'css-variables' }).map(joined)
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

/** Neighbours of one role become one token. */
function joined(line: { content: string; color?: string }[]): Token[] {
  const tokens: Token[] = []
  for (const { content, color } of line) {
    const named = /^var\(--(?:token-)?([\w-]+)\)$/.exec(color ?? '')?.[1]
    const role = named === 'foreground' ? undefined : named
    const last = tokens.at(-1)
    if (last && (last.role === role || content.trim() === '')) last.text += content
    else tokens.push(role === undefined ? { text: content } : { text: content, role })
  }
  return tokens
}
