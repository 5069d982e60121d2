/**
 * The command that runs an experiment again with the same parameters, as Markdown.
 *
 * @param file Path of the experiment from the repository's root
 * @param params Its parameters; pictures by their name
 */
export function rerunning(file: string, params: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(params)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `  --param ${name}=${quoted(textOf(value))}`)
  return [
    '### Run it again',
    '',
    '```sh',
    [`npx vitest-notebook run ${file}`, ...given].join(' \\\n'),
    '```',
    '',
    'On a GPU in your own account: append `-- --pool=ec2`.',
  ].join('\n')
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : String(value)
}

function quoted(text: string): string {
  return /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
