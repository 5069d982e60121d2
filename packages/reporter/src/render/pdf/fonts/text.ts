/** Characters that direct or join text and have no shape: U+00AD, zero width, directions, byte order mark, tags. */
const SHAPELESS = /[\u00AD\u061C\u180E\u200B\u200C\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]/gu
// oxlint-disable-next-line eslint/no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029]/g

/** The text as it can be drawn: tabs and line ends are spaces, nothing without a shape is left. */
export function drawable(text: string): string {
  if (/^[ -~]*$/.test(text)) return text
  return text
    .toWellFormed()
    .replace(/[\t\n\r\u00A0\u2028\u2029]/g, (one) => (one === '\u00A0' ? one : ' '))
    .replace(SHAPELESS, '')
    .replace(CONTROLS, '')
    .normalize('NFC')
}
