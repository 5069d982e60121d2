import { html, type Html } from './template.ts'

/** A command that breaks between its words: `--pool` is never cut after a dash. */
export function commandHtml(command: string): Html {
  return html`<code
    >${command.split(/(\s+)/).map((part) => (/\S/.test(part) ? html`<span class="word">${part}</span>` : part))}</code
  >`
}
