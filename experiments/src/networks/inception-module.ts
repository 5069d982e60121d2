import type { Convolution, Layer } from './network.ts'

/** The convolutions of a module, named as in TensorFlow's graph of the network. */
export const MODULE_PARTS = ['1x1', '3x3_bottleneck', '3x3', '5x5_bottleneck', '5x5', 'pool_reduce'] as const

/**
 * The four branches of an inception module, joined (Szegedy et al. 2014, "Going deeper with convolutions", figure 2b).
 *
 * @param name The module: `mixed3a` for the paper's inception (3a); its parts are `mixed3a_3x3` and so on
 */
export function inceptionModule(
  name: string,
  input: string,
  convolutions: Readonly<Record<(typeof MODULE_PARTS)[number], Omit<Convolution, 'name' | 'input'>>>,
): Layer[] {
  const part = (branch: (typeof MODULE_PARTS)[number], from: string): Convolution => ({
    ...convolutions[branch],
    name: `${name}_${branch}`,
    input: from,
  })
  const pool = `${name}_pool`
  return [
    part('1x1', input),
    part('3x3_bottleneck', input),
    part('3x3', `${name}_3x3_bottleneck`),
    part('5x5_bottleneck', input),
    part('5x5', `${name}_5x5_bottleneck`),
    { kind: 'pooling', name: pool, input, method: 'maximum', size: 3, stride: 1, padding: 'same' },
    part('pool_reduce', pool),
    { kind: 'concatenation', name, inputs: [`${name}_1x1`, `${name}_3x3`, `${name}_5x5`, `${name}_pool_reduce`] },
  ]
}
