import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readJournal } from '../journal/read.ts'
import { parametersSetIn, withPictures } from './answers.ts'
import { questionContent, waitForAnswer } from './cells/question.ts'
import { toSpec, type Fields, type Params } from './fields.ts'
import type { Shared } from './notebook.ts'
import { recordParameters } from './parameters.ts'
import { isPictureFile } from './picture.ts'

type Values = Record<string, unknown>

/**
 * Lets whoever watches the live page set the parameters before the test begins. When the time is over it begins with what it has.
 * A later attempt begins with what was set for the one before: nobody is asked twice.
 *
 * @returns the values that were set, by name
 */
export async function askForParameters(
  { session, endpoint }: Shared,
  { params, values, askMs }: { params: Params; values: Values; askMs: number },
): Promise<Values> {
  const started = performance.now()
  const { interactive, earlier } = session.options
  const question = { title: 'Parameters', form: toForm(params, values), timeoutMs: askMs }
  const cell = session.add({ ...questionContent(question), parameters: true }, undefined)
  const set =
    (earlier[0] !== undefined && (await setBefore(earlier[0]))) ||
    (interactive ? await waitForAnswer(session, endpoint, { cell, ...question }) : {})
  const answer = recordParameters(params, { ...values, ...set }, session.folder).values
  session.write({ type: 'end', cell, seconds: (performance.now() - started) / 1000, answer })
  return set
}

async function setBefore(folder: string): Promise<Values | undefined> {
  const set = parametersSetIn(await readJournal(folder, { writerGone: true }))
  return set && (await withPictures(set, ({ path }) => readFile(join(folder, path))))
}

/** What stands in the form is what the test would have otherwise; of a picture, its name. */
function toForm(params: Params, values: Values): Fields {
  const fields = Object.entries(params).map(([name, field]) => {
    const value = values[name]
    return [name, { ...toSpec(field), default: isPictureFile(value) ? value.name : value }]
  })
  return Object.fromEntries(fields) as Fields
}
