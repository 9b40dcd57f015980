#!/usr/bin/env bash
# Builds the terminal in a VM (T-VM) from Debian packages: kernel, initramfs and a squashfs root with a jlinked Java runtime.
#
#   build-image.sh OUT        OUT gets vmlinux, initrd.img, root.squashfs and image.id
#
# Everything is cached: OUT is rebuilt only when this script, the guest's files or the package versions change. Nothing of the
# host's root is touched; packages are unpacked, never installed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(mkdir -p "$1" && cd "$1" && pwd)
: "${JAVA_HOME:?the JDK that jlink is taken from}"

kernel=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*-amd64\)$/\1/p' | head -1)
[ -n "$kernel" ] || { echo "linux-image-amd64 is unknown to apt: run apt-get update" >&2; exit 3; }
release=${kernel#linux-image-}
packages="$kernel busybox-static udev kmod libc6 zlib1g libstdc++6 libpcsclite1 ca-certificates-"

id=$({ cat "$0" "$here"/guest/*; apt-cache policy "$kernel" udev busybox-static | grep Candidate; "$JAVA_HOME/bin/java" -version 2>&1; } | sha256sum | cut -c1-32)
if [ "$(cat "$out/image.id" 2>/dev/null)" = "$id" ]; then exit 0; fi
rm -f "$out/image.id"

work=$out/work
rm -rf "$work"; mkdir -p "$work/state" "$out/debs/partial" "$work/stage" "$work/initrd"
: >"$work/state/status"
echo "fetching Debian packages for the guest ($kernel)"
apt-get -qq -o Dir::State::status="$work/state/status" -o Dir::Cache::archives="$out/debs" -o APT::Sandbox::User=root \
  --no-install-recommends --download-only -y install $packages >"$work/apt.log" 2>&1 || { tail -5 "$work/apt.log" >&2; exit 3; }
mkdir -p "$work/none/partial"
wanted=$(apt-get -qq -o Dir::State::status="$work/state/status" -o Dir::Cache::archives="$work/none" --no-install-recommends --print-uris -y install $packages | awk '{print $2}')
# usrmerge: the packages bring /lib and /bin, a merged root has links there.
mkdir -p "$work/stage/usr"/{bin,sbin,lib,lib64}
for d in bin sbin lib lib64; do ln -s "usr/$d" "$work/stage/$d"; done
for deb in $wanted; do
  case $deb in initramfs-tools* | linux-base* | linux-image* | perl* | debconf* | dpkg_* | klibc* | systemd_*) continue ;; esac
  dpkg-deb --fsys-tarfile "$out/debs/$deb" | tar -x --keep-directory-symlink -C "$work/stage"
done
# systemd's package carries nothing we start, but udevd needs its shared library.
for deb in $wanted; do
  case $deb in systemd_*) dpkg-deb --fsys-tarfile "$out/debs/$deb" | tar -x --keep-directory-symlink -C "$work/stage" --wildcards './lib/systemd/libsystemd*' './usr/lib/*/systemd/libsystemd*' 2>/dev/null || true ;; esac
done
mkdir -p "$work/kernel"
for deb in $wanted; do
  case $deb in "$kernel"_*) dpkg-deb --fsys-tarfile "$out/debs/$deb" | tar -x -C "$work/kernel" ;; esac
done

echo "choosing kernel modules"
src=$work/kernel/lib/modules/$release
dst=$work/stage/usr/lib/modules/$release
mkdir -p "$dst"
cp "$src"/modules.{order,builtin,builtin.modinfo} "$dst/"
(cd "$src/kernel" && find drivers/usb drivers/hid drivers/virtio drivers/block drivers/net/virtio_net.ko drivers/net/usb drivers/net/net_failover.ko net/core/failover.ko \
  drivers/char/virtio_console.ko drivers/scsi drivers/ata drivers/cdrom drivers/mmc drivers/input drivers/char/hw_random \
  fs/squashfs fs/overlayfs fs/fat fs/nls fs/isofs fs/exfat fs/ext4 fs/jbd2 fs/mbcache.ko fs/configfs lib crypto -name '*.ko' 2>/dev/null | cpio -pdm --quiet "$dst/kernel")
depmod_root=$work/stage
"$work/stage/usr/bin/kmod" --version >/dev/null 2>&1 || { echo "kmod of the guest does not run here" >&2; exit 3; }
ln -sf kmod "$work/depmod"; cp "$work/stage/usr/bin/kmod" "$work/depmod.bin"; (exec -a depmod "$work/depmod.bin" -b "$depmod_root" "$release") 2>"$work/depmod.log"

echo "linking a Java runtime"
"$JAVA_HOME/bin/jlink" --add-modules java.base,java.logging,java.net.http,java.sql,java.naming,java.xml,jdk.unsupported,jdk.httpserver,jdk.net,jdk.crypto.ec,java.security.jgss \
  --strip-debug --no-header-files --no-man-pages --generate-cds-archive --output "$work/stage/opt-java" 2>"$work/jlink.log" || { tail -3 "$work/jlink.log" >&2; exit 1; }
mkdir -p "$work/stage/opt" && mv "$work/stage/opt-java" "$work/stage/opt/java"

install -m 755 "$here/guest/init" "$work/stage/usr/sbin/guest-init"
install -m 755 "$here/guest/control" "$work/stage/usr/sbin/guest-control"
mkdir -p "$work/stage"/{proc,sys,dev,run,tmp,mnt,root,var,etc,media}
rm -rf "$work/stage/usr/share"/{doc,man,locale,info,perl*} "$work/stage/usr/lib/x86_64-linux-gnu/perl"* "$work/stage/var/lib/dpkg"
printf 'root:x:0:0:root:/root:/bin/sh\nclerk:x:1000:1000:clerk:/tmp:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' >"$work/stage/etc/passwd"
printf 'root:x:0:\ndisk:x:6:\nplugdev:x:46:\nclerk:x:1000:\ntty:x:5:\ninput:x:101:\nkvm:x:102:\nrender:x:103:\nvideo:x:44:\naudio:x:29:\nlp:x:7:\ndialout:x:20:\ncdrom:x:24:\ntape:x:26:\nkmem:x:15:\nsgx:x:104:\nnogroup:x:65534:\n' >"$work/stage/etc/group"
printf '127.0.0.1 localhost terminal\n10.0.2.2 service\n' >"$work/stage/etc/hosts"

# -b 256K and lz4: the guest's emulated CPU is slow, disk space is not scarce.
mksquashfs "$work/stage" "$out/root.squashfs" -noappend -quiet -no-progress -all-root -comp lz4 -b 262144 >/dev/null

echo "making the initramfs"
mkdir -p "$work/initrd"/{bin,proc,sys,dev,root,lower,rw,modules}
cp "$work/stage/usr/bin/busybox" "$work/initrd/bin/busybox"
ln -s busybox "$work/initrd/bin/sh"
# Each module's own dependencies stand after it in modules.dep, the deepest last.
: >"$work/initrd/modules.list"
for m in virtio_pci virtio_blk squashfs overlay; do
  awk -v m="/$m.ko:" 'index($1, m) { sub(":", "", $1); for (i = NF; i >= 1; i--) print $i }' "$dst/modules.dep"
done | awk '!seen[$0]++' | while read -r f; do
  cp "$dst/$f" "$work/initrd/modules/"; basename "$f" .ko >>"$work/initrd/modules.list"
done
install -m 755 "$here/guest/initrd-init" "$work/initrd/init"
(cd "$work/initrd" && find . | cpio -o -H newc --quiet) | gzip -1 >"$out/initrd.img"

# PVH: QEMU starts the uncompressed kernel directly, which spares seconds of emulated decompression.
python3 - "$work/kernel/boot/vmlinuz-$release" "$out/vmlinux" <<'P'
import lzma, sys
image = open(sys.argv[1], "rb").read()
at = -1
while True:
    at = image.index(b"\xfd7zXZ\x00", at + 1)
    try:
        kernel = lzma.LZMADecompressor().decompress(image[at:])
    except lzma.LZMAError:
        continue
    if kernel[:4] == b"\x7fELF":
        open(sys.argv[2], "wb").write(kernel)
        break
P
rm -rf "$work"
echo "$id" >"$out/image.id"
