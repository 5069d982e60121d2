# Boots a machine that is nobody's instance: one user, one key, sshd.
if [ "$RIG_USER" = root ]; then
  home=/root
else
  useradd --create-home --shell /bin/bash --uid 4321 "$RIG_USER"
  home=/home/$RIG_USER
fi
[ "$RIG_SUDO" = 0 ] || echo "$RIG_USER ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/rig
mkdir -p -m 700 "$home/.ssh"
printf '%s\n' "$RIG_AUTHORIZED_KEY" > "$home/.ssh/authorized_keys"
chown -R "$RIG_USER:" "$home/.ssh"
(umask 077 && printf '%s\n' "$RIG_HOST_KEY" > /etc/ssh/ssh_host_ed25519_key)
printf '%s\n' "$RIG_SSHD_CONFIG" > /etc/ssh/sshd_config.d/00-rig.conf
for name in shutdown poweroff halt reboot; do
  rm -f /usr/sbin/$name
  cp /usr/lib/rig/script-shutdown /usr/sbin/$name
done
echo 60 > /etc/rig-minute
exec env -i PATH="$PATH" bash -c '
trap "exit 0" TERM
/usr/sbin/sshd -D -e -o HostKey=/etc/ssh/ssh_host_ed25519_key &
while :; do sleep infinity & wait $!; done'
