import { createRequire } from 'node:module'
import { join } from 'node:path'

const ours = createRequire(import.meta.url)
const google = (family: string, file: string): string => ours.resolve(`@expo-google-fonts/${family}/${file}.ttf`)
const dejavu = (file: string): string => ours.resolve(`dejavu-fonts-ttf/ttf/${file}.ttf`)

/** What a text may ask for. */
export type Face =
  | 'serif'
  | 'serifBold'
  | 'serifItalic'
  | 'serifBoldItalic'
  | 'sans'
  | 'sansBold'
  | 'sansItalic'
  | 'mono'
  | 'monoBold'

/** The faces, and the fonts that stand in where a face lacks a glyph. */
const FILES: Record<string, () => string> = {
  serif: () => google('source-serif-4', '400Regular/SourceSerif4_400Regular'),
  serifBold: () => google('source-serif-4', '600SemiBold/SourceSerif4_600SemiBold'),
  serifItalic: () => google('source-serif-4', '400Regular_Italic/SourceSerif4_400Regular_Italic'),
  serifBoldItalic: () => google('source-serif-4', '600SemiBold_Italic/SourceSerif4_600SemiBold_Italic'),
  sans: () => google('source-sans-3', '400Regular/SourceSans3_400Regular'),
  sansBold: () => google('source-sans-3', '600SemiBold/SourceSans3_600SemiBold'),
  sansItalic: () => google('source-sans-3', '400Regular_Italic/SourceSans3_400Regular_Italic'),
  mono: () => google('jetbrains-mono', '400Regular/JetBrainsMono_400Regular'),
  monoBold: () => google('jetbrains-mono', '700Bold/JetBrainsMono_700Bold'),
  noto: () => google('noto-sans', '400Regular/NotoSans_400Regular'),
  notoBold: () => google('noto-sans', '600SemiBold/NotoSans_600SemiBold'),
  symbols: () => dejavu('DejaVuSans'),
  symbolsBold: () => dejavu('DejaVuSans-Bold'),
  symbolsMono: () => dejavu('DejaVuSansMono'),
  emoji: () => google('noto-emoji', '400Regular/NotoEmoji_400Regular'),
}

/** Large fonts that are used where the project has them: `npm i -D @expo-google-fonts/noto-sans-jp`. */
const OPTIONAL: Record<string, { family: string; scripts: RegExp }> = {
  'noto-sans-jp': { family: 'NotoSansJP', scripts: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u },
  'noto-sans-sc': { family: 'NotoSansSC', scripts: /\p{Script=Han}/u },
  'noto-sans-tc': { family: 'NotoSansTC', scripts: /\p{Script=Han}/u },
  'noto-sans-kr': { family: 'NotoSansKR', scripts: /\p{Script=Hangul}/u },
  'noto-sans-thai': { family: 'NotoSansThai', scripts: /\p{Script=Thai}/u },
  'noto-sans-devanagari': { family: 'NotoSansDevanagari', scripts: /\p{Script=Devanagari}/u },
  'noto-sans-arabic': { family: 'NotoSansArabic', scripts: /\p{Script=Arabic}/u },
  'noto-sans-hebrew': { family: 'NotoSansHebrew', scripts: /\p{Script=Hebrew}/u },
}

export function fontFile(name: string): string {
  const file = FILES[name] ?? (() => optionalFile(name) ?? '')
  return file()
}

/** Packages that are not there and would have a grapheme; one of them is enough. */
export function packagesFor(grapheme: string): string[] {
  return Object.entries(OPTIONAL).flatMap(([name, { scripts }]) =>
    scripts.test(grapheme) && optionalFile(name) === undefined ? [`@expo-google-fonts/${name}`] : [],
  )
}

/** The fonts that may draw a face's text, the best first. They are opened only when the ones before lack a glyph. */
export function fallbacks(face: Face): string[] {
  const bold = face.includes('Bold')
  const plain = bold ? ['notoBold', 'symbolsBold', 'symbols'] : ['noto', 'symbols']
  const before = face.startsWith('mono') ? ['symbolsMono', ...plain] : plain
  return [face, ...before, ...Object.keys(OPTIONAL).filter((name) => optionalFile(name) !== undefined), 'emoji']
}

const found = new Map<string, string | undefined>()

/** Looked for beside this package and in the project whose tests run. */
function optionalFile(name: string): string | undefined {
  if (!(name in OPTIONAL)) return undefined
  const { family } = OPTIONAL[name]!
  if (!found.has(name)) {
    const path = `@expo-google-fonts/${name}/400Regular/${family}_400Regular.ttf`
    const places = [ours, createRequire(join(process.cwd(), 'package.json'))]
    found.set(
      name,
      places.map((place) => resolved(place, path)).find((file) => file !== undefined),
    )
  }
  return found.get(name)
}

function resolved(place: NodeJS.Require, path: string): string | undefined {
  try {
    return place.resolve(path)
  } catch {
    return undefined
  }
}
