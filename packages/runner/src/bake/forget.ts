import type { Connection } from '../host/connection.ts'
import { Ec2Error } from '../errors.ts'

/**
 * Takes from a host what is its own and must not be in an image: keys, who may log in, what cloud-init did with its user
 * data, logs, what the agent left but its store. The connection stands as long as it lasts; nobody gets in again. The
 * next host that starts from this disk does everything that a first boot does, and first arms its clock.
 * @throws Ec2Error `EC2_HOST` when something of it is still there
 */
export async function forgetHost(connection: Connection, signal: AbortSignal): Promise<void> {
  try {
    await connection.exec(`sudo -n sh -c '${SCRIPT}'`, { signal })
  } catch (cause) {
    if (!(cause instanceof Ec2Error) || cause.code !== 'EC2_FUNCTION') throw cause
    throw new Ec2Error(
      'EC2_HOST',
      `${connection.name} cannot be made an image: ${String(cause.data['stderr']).trim()}`,
      {
        fix: 'It needs cloud-init and a login that may use sudo, as the images of AWS and Ubuntu have.',
        cause,
      },
    )
  }
}

// Without single quotes. Keys are overwritten first: a snapshot has the blocks of files that are gone.
const SCRIPT = `set -e
cd /
destroy() { for f; do if [ -f "$f" ]; then shred -u -- "$f" 2>/dev/null || rm -f -- "$f"; fi; done; }
for i in 1 2 3 4 5; do pkill -f "[a]gent/main[.][jt]s serve" || break; sleep 0.2; done
destroy /etc/ssh/ssh_host_* /etc/ssh/.own*
getent passwd | cut -d: -f6 | sort -u | while read -r home; do
  [ -d "$home" ] && [ "$home" != / ] || continue
  for f in "$home"/.ssh/authorized_keys* "$home"/.*_history "$home"/.lesshst "$home"/.aws/* "$home"/.npmrc; do destroy "$f"; done
done
find /var/lib/cloud -type f \\( -name "user-data*" -o -name "cloud-config*" -o -name "*.pkl" -o -name "vendor*" \\) | while read -r f; do destroy "$f"; done
cloud-init clean --logs >/dev/null
rm -rf /var/lib/cloud/instances /var/lib/cloud/instance /var/lib/cloud/data /var/lib/cloud/seed/*
cd /var/lib/vitest-ec2 && find . -mindepth 2 -maxdepth 2 ! -name store ! -name node ! -name agent -exec rm -rf {} +
cd /
rm -f /var/lib/vitest-ec2-age /var/lib/systemd/random-seed /var/lib/dbus/machine-id
: > /etc/machine-id
find /tmp /var/tmp -mindepth 1 -delete 2>/dev/null || true
find /var/log -type f \\( -name "*.gz" -o -name "*.journal*" -o -name "*.[0-9]" \\) -delete
find /var/log -type f -exec truncate -s 0 {} +
left=$(find /etc/ssh/ssh_host_* /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys /var/lib/cloud/instance 2>/dev/null || true)
if [ -n "$left" ]; then echo "$left is still there" >&2; exit 1; fi
sync`
