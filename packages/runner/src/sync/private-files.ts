/** Names that stand for secrets wherever they lie. */
const NAMES = [
  /^\.env($|[.\-_]|rc$)/,
  /^\.(npmrc|yarnrc|yarnrc\.yml|pypirc|netrc|git-credentials|dockercfg|pgpass|my\.cnf|boto|s3cfg|vault-token)$/,
  /^_netrc$/,
  /^id_(rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss)$/,
]
const FOLDERS = new Set(['.git', '.ssh', '.aws', '.gnupg', '.azure', '.kube', '.docker', '.gcloud'])

/** In packages these are public: fixtures and certificates that the registry gave to everybody. */
const KEY_FILES = /(^id_[^.]+|\.(pem|key|p8|p12|pfx|ppk|jks|keystore|kdbx|asc|gpg))$/i

const PEM = /^\s*-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----/

/** True when a file must not travel for its name; `path` is relative, with `/`. */
export function isPrivate(path: string, from: 'workspace' | 'package'): boolean {
  const steps = path.split('/')
  if (steps.some((step) => FOLDERS.has(step) || NAMES.some((name) => name.test(step)))) return true
  return from === 'workspace' && KEY_FILES.test(steps.at(-1)!)
}

/** Larger files are no keys. */
export const MAX_KEY_BYTES: number = 64 << 10

/** True when a file's first bytes are those of a private key, whatever its name is. */
export function isPrivateKey(start: Buffer): boolean {
  return PEM.test(start.subarray(0, 100).toString('latin1'))
}
