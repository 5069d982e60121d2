import { once } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { createProject } from '../../test/project.ts'
import type { NotebookPatch } from './notebook-feed.ts'

// Runs a Vitest of its own.
vi.setConfig({ testTimeout: 60_000 })

const ASKING = `import { test } from 'vitest-notebook'
test('Ask', async ({ notebook, expect }) => {
  using _ = notebook.serve('/hello', (request) => new Response('hello from ' + new URL(request.url).pathname))
  const { steps, colour } = await notebook.ask({ steps: 40, colour: 'red' }, { timeout: '50s' })
  expect(steps).toBe(12)
  expect(colour).toBe('blue')
})`

describe('an experiment that asks', () => {
  it('gets the answer of whoever looks at its live page, and what it serves is reached there', async () => {
    using project = createProject({ 'ask.experiment.ts': ASKING }, { live: { port: 0 }, formats: ['html'] })
    const { child, ended } = project.start()
    let said = ''
    while (!/http:\S+token=\S+/.test(said)) said += String((await once(child.stdout!, 'data'))[0])
    const entered = await fetch(/http:\S+token=\S+/.exec(said)![0], { redirect: 'manual' })
    const cookie = entered.headers.getSetCookie()[0]!.split(';')[0]!
    const [run] = project.runs()
    const page = new URL(`/${run}/ask.experiment.ts/ask/`, /http:[^?\s]+/.exec(said)![0])
    const get = async (path: string, init: RequestInit = {}) =>
      await fetch(new URL(path, page), {
        ...init,
        headers: { cookie, origin: page.origin, ...(init.headers as object) },
      })
    const cell = await questionOf(await get('-/events?after=0'))
    expect(await (await get(`-/question/${cell}`)).text()).toContain('name="steps"')
    expect(await (await get('-/serve/hello')).text()).toContain('hello from')
    const answer = (values: object) => get(`-/answer/${cell}`, { method: 'POST', body: JSON.stringify({ values }) })
    const wrong = await answer({ steps: 'many' })
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining('to be a number, got `many`')])
    expect((await answer({ steps: 12, colour: 'blue' })).status).toBe(204)
    const { code, output } = await ended
    expect(output).toContain('1 passed')
    expect(code).toBe(0)
    const { cells } = await project.read('ask.experiment.ts/ask')
    expect(cells.find(({ id }) => id === cell)?.end?.answer).toEqual({ steps: 12, colour: 'blue' })
  })
})

/** The id of the question that the page's stream tells of. */
async function questionOf(response: Response): Promise<string> {
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    for (const [, data] of text.matchAll(/^data: (.*)$/gm)) {
      const cells = parse(data!)?.cells ?? []
      const found = cells.find(({ html }) => html.includes('data-question'))
      if (found) return found.id
    }
  }
  throw new Error('Nothing was asked.')
}

/** undefined for a message of which only a part has come */
function parse(data: string): NotebookPatch | undefined {
  try {
    return JSON.parse(data) as NotebookPatch
  } catch {
    return undefined
  }
}
