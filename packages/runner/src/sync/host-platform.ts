/** What a package manifest says about machines, and everything else of it that matters here. */
export interface PackageManifest {
  name?: string
  version?: string
  os?: string[]
  cpu?: string[]
  libc?: string[]
  exports?: unknown
  files?: string[]
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

export interface Platform {
  os: string
  cpu: string
  libc: string
}

/** `linux-x64` */
export function showPlatform({ os, cpu }: Platform): string {
  return `${os}-${cpu}`
}

/** What hosts are where nothing else is known of them. */
export const HOST_PLATFORM: Platform = { os: 'linux', cpu: 'x64', libc: 'glibc' }

/** True when a package may be used on a platform, as npm reads these fields. */
export function fitsPlatform({ os, cpu, libc }: PackageManifest, platform: Platform): boolean {
  return allows(os, platform.os) && allows(cpu, platform.cpu) && allows(libc, platform.libc)
}

const SYSTEMS =
  /^(linux|win32|windows|win|darwin|macos|mac|osx|freebsd|openbsd|netbsd|sunos|aix|android|ios|openharmony)$/
const CPUS =
  /^(x64|x86_64|amd64|arm64|aarch64|arm|armv6|armv7|armv7l|armv8|ia32|x86|i686|ppc64|ppc64le|s390x|riscv64|loong64|mips64el|wasm32)$/
const LIBCS = /^((linux)?musl|glibc|gnu)$/
const NAMES: Record<string, RegExp> = {
  linux: /^linux$/,
  x64: /^(x64|x86_64|amd64)$/,
  arm64: /^(arm64|aarch64|armv8)$/,
  glibc: /^(glibc|gnu)$/,
  musl: /^(linux)?musl$/,
}
const BINARY = /\.(node|so|so\.[\d.]+|dll|dylib|exe|lib|pdb|a|bare)$/i

/**
 * True for a machine's binary below a folder that is named after another platform, as `prebuilds/darwin-arm64` and
 * `bin/napi-v6/win32/x64` are for linux-x64. Whatever its name is, code is never meant.
 */
export function isForeignBinary(path: string, platform: Platform): boolean {
  return (
    BINARY.test(path) &&
    path
      .split('/')
      .slice(0, -1)
      .some((folder) => namesAnother(folder, platform))
  )
}

/** True for a name that is put together with that of another platform, as `@esbuild/darwin-arm64` is. */
export function namesAnother(name: string, { os, cpu, libc }: Platform): boolean {
  const isAnother = (word: string, all: RegExp, own: string) => all.test(word) && NAMES[own]?.test(word) !== true
  const words = name.toLowerCase().split(/[-+./@]/)
  return words.some(
    (word) => isAnother(word, SYSTEMS, os) || isAnother(word, CPUS, cpu) || isAnother(word, LIBCS, libc),
  )
}

function allows(rules: string[] | undefined, name: string): boolean {
  if (!Array.isArray(rules) || rules.length === 0) return true
  if (rules.includes(`!${name}`)) return false
  const positive = rules.filter((rule) => !rule.startsWith('!'))
  return positive.length === 0 || positive.includes(name) || positive.includes('any')
}
