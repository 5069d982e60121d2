/** Where the watchdog and the agent meet. */
export const WATCHDOG_DIR = '/run/vitest-ec2'

export interface WatchdogOptions {
  /** tells this launch from others, in letters and digits: a disk may come from an image of another host */
  launch: string
  user: string
  maxAgeSeconds: number
  idleSeconds: number
}

/**
 * The command that arms the host's own clocks, for `sh -c` as root, as early in the boot as cloud-init allows. One
 * detached process that needs neither systemd nor D-Bus (`shutdown +N` is not armed that early, and a plain systemd
 * timer hangs the boot for good) powers the machine off
 *  - at the maximum age, whatever happens;
 *  - when `contact` was not touched for the idle time, unless
 *  - `busy` (work goes on without contact) or `keep` (warm, for the next run) holds a time that is still to come.
 *
 * Time is counted by the uptime since its own start, so that a clock set right during the boot neither ends a host early nor
 * keeps it; the two files hold seconds since 1970 because others write them. Ages add up over reboots of the same host.
 */
export function toWatchdogCommand({ launch, user, maxAgeSeconds, idleSeconds }: WatchdogOptions): string {
  const tick = Math.min(5, Math.max(1, Math.floor(idleSeconds / 5)))
  return `mkdir -p ${WATCHDOG_DIR}; chmod 755 ${WATCHDOG_DIR}
cat > ${WATCHDOG_DIR}/watchdog <<'END'
${SCRIPT}END
chmod 700 ${WATCHDOG_DIR}/watchdog
setsid sh ${WATCHDOG_DIR}/watchdog ${user} ${maxAgeSeconds} ${idleSeconds} ${tick} ${launch} </dev/null >/dev/null 2>&1 &`
}

// POSIX sh, for dash and bash. The folder becomes the login user's as soon as that user exists.
const SCRIPT = `user=$1 max=$2 idle=$3 tick=$4 launch=$5
cd ${WATCHDOG_DIR} || exit
echo $$ > pid
echo -1000 > /proc/self/oom_score_adj
trap '' HUP INT TERM
up() { read -r s _ < /proc/uptime; echo "\${s%.*}"; }
number() { case $1 in ''|*[!0-9]*) echo 0;; *) echo "$1";; esac; }
later() { [ "$(number "$(head -c 20 "$1" 2>/dev/null)")" -gt "$(date +%s)" ]; }
saved=/var/lib/vitest-ec2-age
{ read -r before whose < $saved; } 2>/dev/null
[ "$whose" = "$launch" ] || before=
before=$(number "$before")
start=$(up) heard=$(up) seen= owned=
while :; do
  if [ -z "$owned" ] && id -u "$user" >/dev/null 2>&1; then chown "$user" . && owned=yes; fi
  now=$(up) age=$((before + $(up) - start))
  echo "$age $launch" > $saved
  touched=$(stat -c %Y contact 2>/dev/null)
  if [ "$touched" != "$seen" ]; then seen=$touched heard=$now; fi
  [ "$age" -lt "$max" ] || break
  if [ $((now - heard)) -ge "$idle" ] && ! later busy && ! later keep; then break; fi
  if [ -z "$owned" ]; then sleep 1; else sleep "$tick"; fi
done
timeout 10 sync
while :; do
  systemctl poweroff -ff || poweroff -ff
  sleep 5
done
`

/**
 * For the login user: says that somebody is there. Exits with 3 when no watchdog runs, so that nobody works on a host that
 * may live for ever.
 */
export const TOUCH_COMMAND = `cd ${WATCHDOG_DIR} 2>/dev/null && [ -d "/proc/$(cat pid)" ] || exit 3
[ -w . ] || sudo -n chown "$(id -u)" .
touch contact`

/** The same, and takes back what was said to keep the host warm. */
export const TAKE_COMMAND = `${TOUCH_COMMAND} && rm -f keep`
