import { describe, expect, it } from 'vitest'
import { parseMarkdown } from '../parse.ts'
import { foreignHtml, markdownHtml } from './markdown.ts'
import { html, trusted } from './template.ts'

describe('the template', () => {
  it('escapes every value but HTML of its own, and writes nothing for what is not there', () => {
    expect(String(html`<b title="${'"><i>'}">${['<', html`<br />`, 3]}${undefined}${false}${null}</b>`)).toBe(
      '<b title="&#34;&#62;&#60;i&#62;">&#60;<br />3</b>',
    )
    expect(String(html`${trusted('<hr>')}`)).toBe('<hr>')
  })
})

describe('Markdown and HTML of others', () => {
  const attacks = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg><script>alert(1)</script></svg>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="vbscript:x">x</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<form action="https://evil.example/"><button formaction="javascript:alert(1)">x</button></form>',
    '<div style="background: url(https://evil.example/)">x</div>',
    '<object data="data:text/html,<script>alert(1)</script>"></object>',
    '<img src="https://evil.example/p.png">',
    '<img src="//evil.example/p.png">',
    '<video src="https://evil.example/v.mp4" autoplay></video>',
    '<link rel=stylesheet href=https://evil.example/>',
    '<base href="https://evil.example/">',
    '<input type="image" src="https://evil.example/">',
    '<p id="cells" class="zoom" data-zoom>clobbered</p>',
    '[x](javascript:alert(1)) ![y](javascript:alert(1))',
    '[x](<data:text/html,<script>alert(1)</script>>)',
  ]
  const harmful =
    /<(?:script|iframe|object|embed|svg|style|link|base|form|video|button)\b|\son\w+=|style=|(?:href|src)="(?!#|https?:|data:image|mailto:)[^"]*:|src="(?:https?:)?\/\/|id="cells"|data-zoom/i

  it.for(attacks)('keep nothing that runs, loads or restyles of %s', async (attack) => {
    // a title is text, whatever stands in it
    const markup = (shown: unknown) => String(shown).replace(/ title="[^"]*"/g, '')
    expect(markup(await foreignHtml(attack))).not.toMatch(harmful)
    expect(markup(await markdownHtml(parseMarkdown(attack)))).not.toMatch(harmful)
    expect(markup(await markdownHtml(parseMarkdown(`a ${attack} b`)))).not.toMatch(harmful)
  })

  it('keep what is harmless', async () => {
    const shown = String(
      await foreignHtml(
        '<h3>T</h3><table><tr><td>1</td></tr></table><b>b</b><a href="https://example.org/">e</a><details><summary>s</summary>d</details>',
      ),
    )
    for (const part of ['<table>', '<b>b</b>', 'href="https://example.org/"', '<details><summary>s</summary>'])
      expect(shown).toContain(part)
  })

  it('show formulas as MathML, and a wrong one as its source', async () => {
    expect(String(await markdownHtml(parseMarkdown('$x^2$')))).toContain('<msup><mi>x</mi><mn>2</mn></msup>')
    expect(String(await markdownHtml(parseMarkdown('$\\frac{1$')))).toContain('\\frac{1')
  })
})
