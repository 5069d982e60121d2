import type { Bench, Row } from './measure.ts'

/** Runs a bench, tells each line as soon as it is known, and returns the section for the results. */
export async function toSection(bench: Bench, say: (line: string) => void): Promise<string> {
  const head = [`| | ours | ${bench.peer} | ratio | goal |`, '|---|---:|---:|---:|---:|']
  const lines: string[] = []
  say(`\n${bench.title} (peer: ${bench.peer})`)
  for await (const row of bench.run()) {
    lines.push(toLine(row))
    say(`  ${row.name}: ${show(row.ours, row)}, ${bench.peer} ${show(row.peer, row)}, ratio ${ratio(row)}${mark(row)}`)
  }
  return [`## ${bench.title}`, ...(bench.note ? ['', bench.note] : []), '', ...head, ...lines].join('\n')
}

function toLine(row: Row): string {
  const goal = row.goal === undefined ? '' : `≤ ${row.goal}`
  return `| ${row.name} | ${show(row.ours, row)} | ${show(row.peer, row)} | ${ratio(row)}${mark(row)} | ${goal} |`
}

function ratio({ ours, peer }: Row): string {
  return (ours / peer).toPrecision(3)
}

function mark({ ours, peer, goal }: Row): string {
  return goal !== undefined && ours / peer > goal ? ' (missed)' : ''
}

function show(value: number, { unit = 's' }: Row): string {
  return `${value >= 100 ? Math.round(value) : value.toPrecision(3)} ${unit}`
}
