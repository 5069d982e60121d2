import type { Network } from './network.ts'

/** What a report says of a network: a table of its layers in Markdown. */
export function summarize({ name, license, source, layers }: Network): string {
  const rows = layers.map((layer) => {
    switch (layer.kind) {
      case 'convolution': {
        const [outputs, , height, width] = layer.shape
        return `| ${layer.name} | ${height} × ${width} convolution${layer.stride > 1 ? `, every ${layer.stride} pixels` : ''} | ${outputs} |`
      }
      case 'pooling':
        return `| ${layer.name} | ${layer.method} of ${layer.size} × ${layer.size} | |`
      case 'concatenation':
        return `| ${layer.name} | ${layer.inputs.join(', ')} | |`
      case 'localResponseNormalization':
        return `| ${layer.name} | normalised over ${2 * layer.radius + 1} channels | |`
    }
  })
  const weights = layers.reduce((sum, layer) => sum + (layer.kind === 'convolution' ? layer.weight.length : 0), 0)
  return [
    `**${name}**, ${(weights / 1e6).toFixed(2)} million weights, ${license}. From: ${source}.`,
    '',
    '| layer | does | channels |',
    '|---|---|--:|',
    ...rows,
  ].join('\n')
}
