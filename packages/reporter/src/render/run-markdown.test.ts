import { expect, it } from 'vitest'
import { HOSTILE } from '../../test/hostile-notebook.ts'
import { sampleRun } from '../../test/sample-run.ts'
import { parseMarkdown } from './parse.ts'
import { renderRunMarkdown } from './run-markdown.ts'

it('the page of a run for programs says how each notebook ended, why, and where all of it is', () => {
  expect(renderRunMarkdown(sampleRun())).toMatchInlineSnapshot(`
    "# Run 2026-11-24T14-30-05Z-k3x9

    **failed** · 24 Nov 2026, 14:30 UTC · 8m 40s · 69dae914bd0c8d1f0a6a4c2be0b6fa0c3e1d2f3a with changes

    | notebook | status | took | cells | pictures | events |
    | - | - | - | - | - | - |
    | [Deep Dream](experiments/deep-dream/report.md) | passed | 4m 12s | 14 | 22 | [journal.jsonl](experiments/deep-dream/journal.jsonl) |
    | [Style Transfer](experiments/style-transfer/report.md) | failed | 4m 12s | 14 | 22 | [journal.jsonl](experiments/style-transfer/journal.jsonl) |
    | [Texture Synthesis](experiments/texture-synthesis/index.html) | killed | 4m 12s | 14 | 22 | [journal.jsonl](experiments/texture-synthesis/journal.jsonl) |
    | Kaleidoscope | running | 12.0 s | 1 | 1 | [journal.jsonl](experiments/kaleidoscope/journal.jsonl) |

    ## Style Transfer

    \`\`\`text
    AssertionError: expected 0.21 to be less than 0.2
    \`\`\`

    ## Texture Synthesis

    It was at work on *Upscale*.

    PDF of “Style Transfer” could not be written: no space left on the disk

    Run it again:

    \`\`\`sh
    npx vitest run --pool=ec2 --project experiments
    \`\`\`
    "
  `)
})

it('shows hostile text as text', () => {
  const urls = (node: object): string[] => [
    ...('url' in node ? [String(node.url)] : []),
    ...('type' in node && node.type === 'html' ? ['html'] : []),
    ...('children' in node ? (node.children as object[]).flatMap(urls) : []),
  ]
  const found = urls(parseMarkdown(renderRunMarkdown(sampleRun(undefined, HOSTILE))))
  // an address alone is a link to GitHub, whatever one does
  expect(found.filter((url) => !/^(?:experiments\/|https:)/.test(url))).toEqual([])
})
