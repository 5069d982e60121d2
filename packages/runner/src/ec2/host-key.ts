import type { Connection } from '../host/connection.ts'
import { Ec2Error } from '../errors.ts'

/**
 * The key that came with the user data can be read by whoever may describe the instance. The host makes a key of its
 * own, tells it over the connection that the first one secured, and answers to no other from then on.
 */
export async function replaceHostKey(connection: Connection, signal: AbortSignal): Promise<string> {
  const { stdout } = await connection.exec(`sudo -n sh -c '${SCRIPT}'`, { signal })
  const key = /^ssh-ed25519 [A-Za-z0-9+/=]+/m.exec(stdout)?.[0]
  if (!key)
    throw new Ec2Error('EC2_HOST', `${connection.name} did not make a host key of its own`, { data: { stdout } })
  return key
}

// `mv` last: the running server reads the files only when told. Its existing connections live on.
const SCRIPT = `set -e
cd /etc/ssh
rm -f .own .own.pub
ssh-keygen -q -t ed25519 -N "" -C "" -f .own
rm -f ssh_host_*
mv .own ssh_host_ed25519_key
mv .own.pub ssh_host_ed25519_key.pub
cat ssh_host_ed25519_key.pub
systemctl reload ssh >/dev/null 2>&1 || systemctl reload sshd >/dev/null 2>&1 || kill -HUP "$(cat /run/sshd.pid 2>/dev/null || pgrep -ox sshd)"`
