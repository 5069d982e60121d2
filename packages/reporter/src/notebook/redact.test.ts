import { describe, expect, it } from 'vitest'
import { createRandom } from '../../test/random.ts'
import { RedactedStream, redactedLine, redactText, secretsOf, type Secrets } from './redact.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=_-."\\\n$&é日🔑 '

describe('what is taken for a secret', () => {
  it('is the value of a variable whose name says so, and a password within a URL', () => {
    const { texts } = secretsOf({
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI',
      GITHUB_TOKEN: 'ghp_0123456789',
      DATABASE_URL: 'postgres://ada:correct-horse@db.example/art',
      npm_config_password: 'hunter2hunter2',
      HOME: '/home/ada-lovelace',
      KEYBOARD: 'colemak-dh',
      TOKEN: 'true',
    })
    for (const secret of ['wJalrXUtnFEMI', 'ghp_0123456789', 'correct-horse', 'hunter2hunter2'])
      expect(texts).toContain(secret)
    expect(redactText('/home/ada-lovelace types colemak-dh: true', { texts, patterns: [] })).toBe(
      '/home/ada-lovelace types colemak-dh: true',
    )
  })

  it('is what the options name: texts, and patterns in all their places', () => {
    const secrets = secretsOf({}, ['internal.example', /card \d{4}/])
    expect(redactText('card 1234 and card 5678 at internal.example', secrets)).toBe(
      '[redacted] and [redacted] at [redacted]',
    )
  })
})

describe('a secret', () => {
  it('never gets into the journal, wherever it stands in an event', () => {
    const random = createRandom(7)
    for (let round = 0; round < 500; round++) {
      const secret = random.text(ALPHABET, 8, 40)
      const secrets = secretsOf({ SOME_API_KEY: `x${secret}x` })
      const event = random.nest(`x${secret}x`, 4)
      const line = redactedLine({ seq: 1, at: 1, type: 'meta', values: { event } }, secrets)
      expect(line).not.toContain('\n')
      expect(textsOf(JSON.parse(line)).filter((text) => text.includes(`x${secret}x`))).toEqual([])
    }
  })

  it('never gets into what a cell printed, wherever it is cut, and the rest stays as it is', () => {
    const random = createRandom(11)
    for (let round = 0; round < 500; round++) {
      const [one, other] = [`<${random.text(ALPHABET, 6, 20)}>`, `<${random.text('ab', 6, 12)}>`]
      const secrets = secretsOf({ A_TOKEN: one, B_TOKEN: other })
      const parts = Array.from({ length: 8 }, () => random.pick([one, other, random.text('ab<> \n', 0, 9)]))
      expect(throughStream(parts.join(''), secrets, (text) => random.pieces(text))).toBe(
        redactText(parts.join(''), secrets),
      )
    }
  })

  it('is found by a pattern although it is printed piece by piece', () => {
    const random = createRandom(13)
    const secrets = secretsOf({}, [/card \d{4}-\d{4}/])
    for (let round = 0; round < 200; round++) {
      const shown = throughStream('pay by card 1234-5678 now\nor by card 8765-4321', secrets, (text) =>
        random.pieces(text),
      )
      expect(shown).toBe('pay by [redacted] now\nor by [redacted]')
    }
  })
})

function throughStream(text: string, secrets: Secrets, cut: (text: string) => string[]): string {
  const stream = new RedactedStream(secrets)
  return [...cut(text).map((piece) => stream.push(piece)), stream.end()].join('')
}

/** Every text within a value, keys included. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => [key, ...textsOf(one)])
}
