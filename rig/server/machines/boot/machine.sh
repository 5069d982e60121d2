# PID 1 of a machine, started in fresh namespaces: builds the root, then boots as RIG_INIT says.
set -eu
mount --make-rprivate /

# The disk: a copy-on-write layer over this machine's own root, with whiteouts for what must not be there. Where it has been
# written to before, in an earlier boot or by an image that was made here, it is as it was left.
disk=/mnt
mount --bind "$RIG_DISK" $disk
fresh=no
if [ ! -e $disk/upper ] && [ "$RIG_LOWER" = / ]; then fresh=yes; fi
mkdir -p $disk/{upper,work,root,plain,sys,sys+}
if [ $fresh = yes ]; then
  while read -r path; do
    [ -n "$path" ] && [ -e "$path" ] || continue
    mkdir -p "$disk/upper${path%/*}"
    mknod "$disk/upper$path" c 0 0
  done <<< "$RIG_HIDE"
fi
mount -t overlay overlay -o "lowerdir=$RIG_LOWER,upperdir=$disk/upper,workdir=$disk/work" $disk/root

# Into it. Nothing may be written through $disk/root before this: an absolute link there leads out to the real root.
cd $disk/root
mkdir -p mnt
pivot_root . mnt
cd /
host=/mnt disk=/mnt/mnt

# Folders as on a disk of its own, not on an overlay: a view's upper layer cannot lie on an overlay.
for folder in home opt srv tmp var/tmp var/log var/lib/vitest-ec2; do
  mkdir -p "$disk/plain/$folder" "/$folder"
  mount --bind "$disk/plain/$folder" "/$folder"
done
chmod 1777 /tmp /var/tmp
mkdir -p /media
mkdir -p -m 700 /root
if [ $fresh = yes ]; then
  rm -rf /etc/ssh/ssh_host_*
  : > /etc/machine-id
fi
cp -r --remove-destination "$host$RIG_OVERLAY/." /
[ "$RIG_GPUS" != 0 ] || rm /usr/bin/nvidia-smi
echo "$RIG_GPUS" > /etc/rig-gpus
hostname "$RIG_HOSTNAME"
echo "127.0.1.1 $RIG_HOSTNAME" >> /etc/hosts

# What the kernel gives a machine. /sys gets the file by which cloud-init knows EC2.
mount -t proc proc /proc
mkdir -p $disk/sys+/hypervisor
echo ec2f0000-0000-0000-0000-000000000000 > $disk/sys+/hypervisor/uuid
mount -t sysfs -o ro sysfs $disk/sys
mount -t overlay overlay -o lowerdir=$disk/sys+:$disk/sys /sys
mount -t tmpfs -o mode=755 dev /dev
mkdir /dev/pts /dev/shm
for device in null zero full random urandom tty; do
  touch /dev/$device
  mount --bind $host/dev/$device /dev/$device
done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts /dev/pts
ln -s pts/ptmx /dev/ptmx
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr
mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t tmpfs -o mode=755 run /run
mkdir /run/sshd /run/lock

# The network: its addresses, the metadata service, and no default route, so no way out.
until ip link show eth0 > /dev/null 2>&1; do sleep 0.005; done
ip link set lo up
ip link set eth0 up
for address in $RIG_ADDRESSES; do ip addr add "$address" dev eth0; done
ip route add "$RIG_PUBLIC" dev eth0
[ "$RIG_INIT" = plain ] || ip route add "$RIG_IMDS" dev eth0
boot=$(cat "$host$RIG_BOOT/$RIG_INIT.sh")
umount -l $host

eval "$boot"
