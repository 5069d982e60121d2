import { posix } from 'node:path'

/** Names that stand for secrets wherever they lie, of files and of folders; one expression, as every path is held against it. */
const NAMES = new RegExp(
  [
    String.raw`\.env(?:[.\-_][^/]*|rc)?`,
    String.raw`\.(?:npmrc|yarnrc|yarnrc\.yml|pypirc|netrc|git-credentials|dockercfg|pgpass|my\.cnf|boto|s3cfg|vault-token)`,
    String.raw`_netrc`,
    String.raw`id_(?:rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss)`,
    String.raw`\.(?:git|ssh|aws|gnupg|azure|kube|docker|gcloud)`,
  ]
    .map((name) => `(?:^|/)${name}(?:/|$)`)
    .join('|'),
)

/** In packages these are public: fixtures and certificates that the registry gave to everybody. */
const KEY_FILES = /(^id_[^.]+|\.(pem|key|p8|p12|pfx|ppk|jks|keystore|kdbx|asc|gpg))$/i

const PEM = /^\s*-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----/

/** True when a file must not travel for its name; `path` is relative, with `/`. */
export function isPrivate(path: string, from: 'workspace' | 'package'): boolean {
  return NAMES.test(path) || (from === 'workspace' && KEY_FILES.test(posix.basename(path)))
}

/** Larger files are no keys. */
export const MAX_KEY_BYTES: number = 64 << 10

/** True when a file's first bytes are those of a private key, whatever its name is. */
export function isPrivateKey(start: Buffer): boolean {
  return PEM.test(start.subarray(0, 100).toString('latin1'))
}
