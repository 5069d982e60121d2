const LIGHT = `
  --page: #fdfdfb; --raised: #ffffff; --sunken: #f5f5f1; --line: #e2e1da; --strong-line: #c9c7bd;
  --ink: #1d1d20; --soft: #5c5b57; --faint: #6f6d67; --accent: #0b5d8a; --mark: #fff3c4;
  --good: #17692f; --good-back: #e3f3e6; --bad: #a3241b; --bad-back: #fdecea; --wait: #7a5200; --wait-back: #fdf1d6;
  --token-keyword: #8a2ba0; --token-string: #1a6e3a; --token-string-expression: #1a6e3a; --token-comment: #6b6a64;
  --token-constant: #0b5d8a; --token-function: #7a4a00; --token-parameter: #1d1d20; --token-punctuation: #5c5b57; --token-link: #0b5d8a;
  --token-inserted: #17692f; --token-deleted: #a3241b; --token-changed: #7a5200;
  --series-1: #0072b2; --series-2: #c04f00; --series-3: #00805f; --series-4: #b3478b; --series-5: #7a6a00; --series-6: #3d3d9e; --series-7: #8c4a1f; --series-8: #555555;
  --red: #a3241b; --green: #17692f; --yellow: #7a5200; --blue: #0b5d8a; --magenta: #8a2ba0; --cyan: #0b6b6b;`

const DARK = `
  --page: #141416; --raised: #1b1b1e; --sunken: #202024; --line: #303036; --strong-line: #4a4a52;
  --ink: #e8e7e3; --soft: #b0aea7; --faint: #9b9992; --accent: #7cc0ea; --mark: #4d4210;
  --good: #7ed694; --good-back: #15301c; --bad: #ff9b90; --bad-back: #3a1714; --wait: #efc264; --wait-back: #33270b;
  --token-keyword: #d8a2ea; --token-string: #93d3a5; --token-string-expression: #93d3a5; --token-comment: #9b9992;
  --token-constant: #8cc8f0; --token-function: #e9bf7c; --token-parameter: #e8e7e3; --token-punctuation: #b0aea7; --token-link: #8cc8f0;
  --token-inserted: #7ed694; --token-deleted: #ff9b90; --token-changed: #efc264;
  --series-1: #5cb3e6; --series-2: #f2904a; --series-3: #4cc9a0; --series-4: #e39ac8; --series-5: #d8c64a; --series-6: #a3a3f0; --series-7: #d7a07a; --series-8: #b5b5b5;
  --red: #ff9b90; --green: #7ed694; --yellow: #efc264; --blue: #8cc8f0; --magenta: #d8a2ea; --cyan: #7fd6d6;`

/** Light and dark by the reader's system, or by the button, which sets `data-theme`; paper is light. Contrast is 4.5:1 or more everywhere. */
export const COLOR_STYLE: string = `
:root { color-scheme: light dark; ${LIGHT} }
@media screen and (prefers-color-scheme: dark) { :root:not([data-theme=light]) { color-scheme: dark; ${DARK} } }
:root[data-theme=light] { color-scheme: light; }
@media screen { :root[data-theme=dark] { color-scheme: dark; ${DARK} } }
@media print { :root:root { color-scheme: light; } }
${[
  'keyword',
  'string',
  'string-expression',
  'comment',
  'constant',
  'function',
  'parameter',
  'punctuation',
  'link',
  'inserted',
  'deleted',
  'changed',
]
  .map((role) => `.t-${role} { color: var(--token-${role}); }`)
  .join('\n')}
${['red', 'green', 'yellow', 'blue', 'magenta', 'cyan']
  .map((name) => `.t-ansi-${name}, .t-ansi-bright-${name} { color: var(--${name}); }`)
  .join('\n')}
.t-bold { font-weight: 700; }
.t-underline { text-decoration: underline; }
[class*=b-ansi] { padding: .1em .25em; border-radius: 3px; color: var(--page); }
${['red', 'green', 'yellow', 'blue', 'magenta', 'cyan']
  .map((name) => `.b-ansi-${name}, .b-ansi-bright-${name} { background: var(--${name}); }`)
  .join('\n')}
.b-ansi-black, .b-ansi-bright-black { background: var(--soft); }
.b-ansi-white, .b-ansi-bright-white { background: var(--line); color: var(--ink); }
.t-ansi-bright-black { color: var(--faint); }
${Array.from({ length: 8 }, (_, index) => `.series-${index + 1} { --series: var(--series-${index + 1}); }`).join('\n')}
`
