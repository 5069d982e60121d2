import type { Connection } from '../host/connection.ts'
import { Ec2Error } from '../errors.ts'

/**
 * The key that came with the user data can be read by whoever may describe the instance. The host makes a key of its
 * own and tells it over the connection that the first one secured; then it answers to no other. It may take a moment, and
 * this connection with it.
 */
export async function replaceHostKey(connection: Connection, signal: AbortSignal): Promise<string> {
  const { stdout } = await connection.exec(`sudo -n sh -c '${MAKE}'`, { signal })
  const key = /^ssh-ed25519 [A-Za-z0-9+/=]+/m.exec(stdout)?.[0]
  if (!key)
    throw new Ec2Error('EC2_HOST', `${connection.name} did not make a host key of its own`, { data: { stdout } })
  await connection.exec(`sudo -n sh -c '${INSTALL}'`, { signal }).catch(() => {}) // whether it worked shows at the next login
  return key
}

const MAKE = `set -e
cd /etc/ssh
rm -f .own .own.pub
ssh-keygen -q -t ed25519 -N "" -C "" -f .own
cat .own.pub`

// The running server reads the files only when told.
const INSTALL = `set -e
cd /etc/ssh
rm -f ssh_host_*
mv .own ssh_host_ed25519_key
mv .own.pub ssh_host_ed25519_key.pub
systemctl reload ssh >/dev/null 2>&1 || systemctl reload sshd >/dev/null 2>&1 || kill -HUP "$(cat /run/sshd.pid 2>/dev/null || pgrep -ox sshd)"`
