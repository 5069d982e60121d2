/** What somebody asked for when they started the workflow of the art. */
export interface ArtInputs {
  /** path of the experiment's file */
  experiment: string
  /** `name=value`, as `vitest-notebook run --param` takes them */
  params: string[]
  /** on GPU hosts of the account, or on the runner itself */
  pool: 'ec2' | 'here'
}

/**
 * Reads the inputs as GitHub gives them: JSON, whose values are text. They are data, never a piece of a command line.
 *
 * @throws Error a sentence that names the input
 */
export function parseArtInputs(json: string | undefined): ArtInputs {
  if (json === undefined || json === '') {
    throw new Error('Expected the workflow to hand its inputs over in ART_INPUTS: `ART_INPUTS: ${{ toJSON(inputs) }}`.')
  }
  const { experiment = '', params = '', pool = 'ec2' } = JSON.parse(json) as Record<string, string>
  if (!/^\w[\w./-]*\.experiment\.ts$/.test(experiment) || experiment.includes('..')) {
    throw new Error(`Expected the input \`experiment\` to be the path of an experiment, got \`${experiment}\`.`)
  }
  if (pool !== 'ec2' && pool !== 'here') {
    throw new Error(`Expected the input \`pool\` to be \`ec2\` or \`here\`, got \`${pool}\`.`)
  }
  return { experiment, params: parseParams(params), pool }
}

function parseParams(text: string): string[] {
  const params = text
    .split(/[;\n]/)
    .map((param) => param.trim())
    .filter((param) => param !== '')
  const odd = params.find((param) => !/^[A-Za-z_]\w*=/.test(param))
  if (odd !== undefined) {
    throw new Error(`Expected the input \`params\` to be \`name=value; name=value\`, got \`${odd}\` in it.`)
  }
  return params
}
