#!/bin/bash
# A workspace view: in a fresh mount namespace, ROOT shows an overlay of TREES (topmost first, joined by colons) whose
# upper layer is RUN/upper, and /tmp is RUN/tmp. Nothing of the host changes; the mounts vanish with the namespace.
#
#   [sudo] unshare --mount --propagation slave --pid --fork --kill-child --mount-proc view.sh ROOT TREES RUN UID:GID STATE COMMAND...
#   unshare --user --map-current-user --keep-caps --mount ... view.sh ROOT TREES RUN - STATE COMMAND...
#
# STATE is the folder of the agent, which has to stay visible. COMMAND runs as UID:GID, without rights to mount.
set -euf
export PATH=$PATH:/usr/sbin:/sbin
export LIBMOUNT_FORCE_MOUNT2=always # mount 2.39 and later cuts options at 256 bytes otherwise
root=$1 trees=$2 run=$3 owner=$4 state=$5
shift 5

if [ "$owner" = - ]; then
  as_owner=()
  drop=(setpriv --inh-caps=-all --ambient-caps=-all --bounding-set=-all)
  options=userxattr
else
  as_owner=(setpriv "--reuid=${owner%:*}" "--regid=${owner#*:}" --init-groups)
  drop=("${as_owner[@]}" --inh-caps=-all)
  # Without redirect_dir a folder of the workspace cannot be renamed (EXDEV).
  options=index=off,redirect_dir=on,metacopy=off
fi

mkdir -p "$run/upper" "$run/work" "$run/new" "$run/tmp"
chmod 1777 "$run/tmp"
[ "$owner" = - ] || chown "$owner" "$run/upper" "$run/work" "$run/new"

# A /tmp of its own, with what must be shared bound back into it.
for kept in "$state" /tmp/.X11-unix /tmp/nvidia-mps; do
  case $kept in /tmp/*) [ -d "$kept" ] && mkdir -p "$run$kept" && mount --rbind "$kept" "$run$kept" ;; esac
done
case $root in /tmp/*) "${as_owner[@]}" mkdir -p "$run$root" ;; esac
mount --rbind "$run/tmp" /tmp

# present: the deepest folder on the way to ROOT that is there and that the owner may enter. next: the step after it.
present=/ rest=${root#/}
while [ -n "$rest" ]; do
  next=${present%/}/${rest%%/*}
  [ -d "$next" ] && [ ! -L "$next" ] && "${as_owner[@]}" test -x "$next" || break
  present=$next
  case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
done

# Shows folder $1 again as a tmpfs whose entries are bound from it, so that $2, which is missing, can be made in it.
# Every process costs 2 ms, so all entries are bound by one.
show_again() {
  local folder=$1 missing=$2 new=$run/new entry name from to line kind fstab='' folders=() links=() files=()
  set +f
  shopt -s nullglob dotglob
  for entry in "${folder%/}"/*; do
    name=${entry##*/}
    if [ "$entry" = "$missing" ]; then continue; fi
    if [ -L "$entry" ]; then links+=("$entry"); continue; fi
    if [ -d "$entry" ]; then folders+=("$new/$name"); kind=rbind; else files+=("$new/$name"); kind=bind; fi
    escape "$entry" from
    escape "$new/$name" to
    printf -v line '%s %s none %s 0 0\n' "$from" "$to" "$kind"
    fstab+=$line
  done
  mount -t tmpfs -o "mode=$(stat -c %a "$folder")" view "$new"
  [ ${#folders[@]} = 0 ] || mkdir "${folders[@]}"
  [ ${#links[@]} = 0 ] || cp -P "${links[@]}" "$new"
  local file
  for file in "${files[@]}"; do : >"$file"; done
  printf %s "$fstab" >"$run/fstab"
  mount --all --fstab "$run/fstab" || [ $? = 64 ] # 64: some could not be bound (mounts of other users); they stay empty
  if [ "$folder" = / ]; then
    cd "$new"
    pivot_root . .
    umount -l .
    cd /
  else
    mount --rbind "$new" "$folder"
  fi
}

# Writes $1 as fstab wants it to the variable $2, without a process.
escape() {
  local text=$1
  text=${text//\\/\\134}
  text=${text// /\\040}
  text=${text//$'\t'/\\011}
  printf -v "$2" %s "${text//$'\n'/\\012}"
}

if [ -n "$rest" ]; then
  if [ -L "$next" ]; then
    echo "$next is a link on this host, so the workspace cannot appear at $root" >&2
    exit 3
  elif [ -d "$next" ]; then
    mount -t tmpfs -o mode=755 view "$next" # there, but closed to the owner
  else
    show_again "$present" "$next"
  fi
fi
mkdir -p "$root"
mount -t overlay overlay -o "lowerdir=$trees,upperdir=$run/upper,workdir=$run/work,$options" "$root"
cd "$root"
# As process 1 the shell stays: the command keeps the usual defaults for signals, and orphans are reaped.
if [ $$ = 1 ]; then "${drop[@]}" -- "$@"; else exec "${drop[@]}" -- "$@"; fi
