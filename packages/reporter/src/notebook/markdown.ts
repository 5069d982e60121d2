/** The text of a template, without the indent of the code around it: lines may stand where they look best. */
export function templateText(strings: TemplateStringsArray, values: readonly unknown[]): string {
  const [first = '', ...rest] = strings.join('\0').split('\n')
  const indents = rest.filter((line) => line.trim() !== '').map((line) => /^[ \t]*/.exec(line)![0].length)
  const indent = indents.length === 0 ? 0 : Math.min(...indents)
  const lines = [
    first.trimStart(),
    ...rest.map((line) => line.slice(Math.min(indent, /^[ \t]*/.exec(line)![0].length))),
  ]
  const parts = lines.join('\n').split('\0')
  const text = parts.map((part, index) => (index < values.length ? `${part}${String(values[index])}` : part)).join('')
  return text.replace(/^\n+/, '').trimEnd()
}
