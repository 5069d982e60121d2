/** What a package manifest says about machines, and everything else of it that matters here. */
export interface PackageManifest {
  name?: string
  version?: string
  os?: string[]
  cpu?: string[]
  libc?: string[]
  exports?: unknown
  files?: string[]
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

/** What hosts are, until packages are staged for others. */
export const HOST_PLATFORM: Platform = { os: 'linux', cpu: 'x64', libc: 'glibc' }

/** True when a package may be used on a platform, as npm reads these fields. */
export function fitsPlatform({ os, cpu, libc }: PackageManifest, platform: Platform): boolean {
  return allows(os, platform.os) && allows(cpu, platform.cpu) && allows(libc, platform.libc)
}

const OTHERS = {
  os: /^(win32|windows|win|darwin|macos|mac|osx|freebsd|openbsd|netbsd|sunos|aix|android|ios|musl)$/,
  cpu: /^(arm64|aarch64|arm|armv6|armv7|armv7l|armv8|ia32|x86|i686|ppc64|ppc64le|s390x|riscv64|loong64|mips64el)$/,
}
const BINARY = /\.(node|so|so\.[\d.]+|dll|dylib|exe|lib|pdb|a|bare)$/i

/**
 * True for a machine's binary below a folder that is named after another platform than linux-x64 with glibc, as
 * `prebuilds/darwin-arm64` and `bin/napi-v6/win32/x64` are. Whatever its name is, code is never meant.
 */
export function isForeignBinary(path: string): boolean {
  if (!BINARY.test(path)) return false
  const folders = path.toLowerCase().split('/').slice(0, -1)
  return folders.some((folder) => folder.split(/[-+.]/).some((word) => OTHERS.os.test(word) || OTHERS.cpu.test(word)))
}

function allows(rules: string[] | undefined, name: string): boolean {
  if (!Array.isArray(rules) || rules.length === 0) return true
  if (rules.includes(`!${name}`)) return false
  const positive = rules.filter((rule) => !rule.startsWith('!'))
  return positive.length === 0 || positive.includes(name) || positive.includes('any')
}
