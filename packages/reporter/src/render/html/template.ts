/** A piece of HTML that is safe to put into other HTML. Only `html` and `trusted` make one. */
export class Html {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[]

/** Tagged template: every value is escaped unless it is HTML already; lists are joined; nothing is written for `undefined`, `null`, `false`. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  let text = strings[0] ?? ''
  values.forEach((value, index) => {
    text += toText(value) + (strings[index + 1] ?? '')
  })
  return new Html(text)
}

/** Markup from a source that escapes or sanitises by itself. */
export function trusted(markup: string): Html {
  return new Html(markup)
}

/** Escapes text for element content and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function toText(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (typeof value === 'object') return value.map(toText).join('')
  return escapeHtml(String(value))
}
