# Boots with the real systemd, as an instance does: cloud-init and sshd are its units, all else is masked.
for name in shutdown poweroff halt reboot; do ln -sf /bin/systemctl /usr/sbin/$name; done
if [ "$RIG_MINUTE" != 60 ]; then
  rm /usr/sbin/shutdown
  cp /usr/lib/rig/short-shutdown /usr/sbin/shutdown
fi
echo "$RIG_MINUTE" > /etc/rig-minute
mount -t cgroup2 cgroup2 /sys/fs/cgroup # version 2 beside a host's version 1 is fine
: > /etc/fstab
rm -f /etc/cloud/cloud-init.disabled
echo 'policy: enabled' > /etc/cloud/ds-identify.cfg
sed -i "s/@user@/$RIG_USER/" /etc/cloud/cloud.cfg.d/99-rig.cfg

masked=(
  $(find /etc/systemd/system/*.wants -type l -printf '%f\n')
  systemd-{udevd,udev-trigger,remount-fs,journal-flush,modules-load,sysctl,random-seed,logind-session}.service
  systemd-udevd-{control,kernel}.socket
  {dev-hugepages,dev-mqueue,sys-kernel-debug,sys-kernel-tracing,sys-kernel-config,sys-fs-fuse-connections}.mount
  proc-sys-fs-binfmt_misc.automount
  {kmod-static-nodes,getty-static,console-getty}.service
)
cd /etc/systemd/system
for unit in "${masked[@]}"; do
  case $unit in
    ssh.service | cloud-init.service | cloud-config.service | cloud-final.service) ;;
    *) ln -sf /dev/null "$unit" ;; # cloud-init-local goes too: it asks for DHCP
  esac
done
exec env -i container=rig PATH="$PATH" /lib/systemd/systemd --unit=multi-user.target --log-target=console --show-status=1
