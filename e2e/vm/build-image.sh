#!/usr/bin/env bash
# Builds the terminal in a VM (T-VM) from Debian packages: kernel, initramfs and a squashfs root with a jlinked Java runtime.
#
#   build-image.sh OUT        OUT gets vmlinux, initrd.img, root.squashfs, java/ (the guest's runtime, for agent-disk.sh) and image.id
#
# Everything is cached: OUT is rebuilt only when this script, the guest's files, the JDK or the package versions change. Nothing of the
# host's root is touched; packages are unpacked, never installed. Exit 3: the machine lacks something, and the message names it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(mkdir -p "$1" && cd "$1" && pwd)
: "${JAVA_HOME:?the JDK that jlink is taken from}"

fail() { echo "$1" >&2; exit "${2:-1}"; }
need() { [ -n "$(type -P "$1")" ] || fail "$1 is missing: apt-get install $2" 3; }
need apt-get "apt (the image is built on Debian 12)"
need mksquashfs squashfs-tools
need cpio cpio
need xz xz-utils
need gcc "gcc libc6-dev"
need flock util-linux
[ -x "$JAVA_HOME/bin/jlink" ] || fail "$JAVA_HOME has no jlink: a whole JDK is needed" 3

# Two tests that start at once build once.
exec 9>"$out/lock"
flock 9

kernel=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*-amd64\)$/\1/p' | head -1)
[ -n "$kernel" ] || fail "linux-image-amd64 is unknown to apt: run apt-get update" 3
release=${kernel#linux-image-}
# libccid- : the only reader is the virtual one.
packages="$kernel dash busybox-static udev kmod mount util-linux libc6 zlib1g libstdc++6 curl pcscd vsmartcard-vpcd libccid- ca-certificates-"

id=$({ cat "$0" "$here"/guest/*; apt-cache policy $packages | grep Candidate; "$JAVA_HOME/bin/java" -version 2>&1; } | sha256sum | cut -c1-32)
if [ "$(cat "$out/image.id" 2>/dev/null)" = "$id" ]; then exit 0; fi
rm -f "$out/image.id"

work=$out/work
stage=$work/stage
rm -rf "$work" "$out/java"; mkdir -p "$work/state" "$work/none/partial" "$work/kernel" "$out/debs/partial" "$stage" "$work/initrd"
: >"$work/state/status"
echo "fetching Debian packages for the guest ($kernel)"
apt=(apt-get -qq -o Dir::State::status="$work/state/status" -o APT::Sandbox::User=root --no-install-recommends -y)
"${apt[@]}" -o Dir::Cache::archives="$out/debs" --download-only install $packages >"$work/apt.log" 2>&1 ||
  fail "$(tail -5 "$work/apt.log")
Debian packages of the guest could not be fetched: run apt-get update, check the network" 3
wanted=$("${apt[@]}" -o Dir::Cache::archives="$work/none" --print-uris install $packages | awk '{print $2}')

unpack() { dpkg-deb --fsys-tarfile "$out/debs/$1" | tar -x --keep-directory-symlink -C "$2"; }
# usrmerge: the packages bring /lib and /bin, a merged root has links there.
mkdir -p "$stage/usr"/{bin,sbin,lib,lib64}
for d in bin sbin lib lib64; do ln -s "usr/$d" "$stage/$d"; done
for deb in $wanted; do
  case $deb in
    "$kernel"_*) unpack "$deb" "$work/kernel" ;;
    # They come as dependencies, and nothing in the guest runs them.
    initramfs-tools* | linux-base* | perl* | debconf* | dpkg_* | klibc* | libklibc* | systemd_* | adduser* | passwd_* | coreutils_* | debianutils_* | cpio_* | logsave_*) ;;
    *) unpack "$deb" "$stage" ;;
  esac
done
rm -rf "$stage/usr/share"/{doc,man,locale,info,bash-completion,zsh,lintian,bug} "$stage/usr/lib/systemd/system" "$stage/etc/init.d" \
  "$stage/usr/lib/x86_64-linux-gnu"/{perl*,gconv} "$stage/var"
# Rules for hardware that the guest does not have cost the emulated CPU time at every device.
(cd "$stage/usr/lib/udev/rules.d" && for rule in *; do
  case $rule in 50-udev-default* | 60-block* | 60-cdrom_id* | 60-input-id* | 60-evdev* | 60-persistent-storage.rules | 60-fido-id* | 80-drivers* | 80-debian-compat*) ;; *) rm "$rule" ;; esac
done)

echo "choosing kernel modules"
src=$work/kernel/lib/modules/$release
dst=$stage/usr/lib/modules/$release
mkdir -p "$dst"
cp "$src"/modules.{order,builtin,builtin.modinfo} "$dst/"
(cd "$src/kernel" && find drivers/usb drivers/hid drivers/virtio block drivers/block drivers/net/virtio_net.ko drivers/net/usb drivers/net/mii.ko \
  drivers/net/net_failover.ko net/core/failover.ko drivers/char/virtio_console.ko drivers/scsi drivers/ata drivers/cdrom drivers/mmc \
  drivers/input drivers/char/hw_random sound/usb sound/core fs/squashfs fs/overlayfs fs/fat fs/nls fs/isofs fs/exfat fs/ext4 fs/jbd2 \
  fs/mbcache.ko fs/configfs lib crypto -name '*.ko' 2>/dev/null | cpio -pdm --quiet "$dst/kernel")
# depmod is the guest's own, run with the guest's own libraries: the host needs no kmod.
"$stage/lib64/ld-linux-x86-64.so.2" --argv0 depmod --library-path "$stage/usr/lib/x86_64-linux-gnu" "$stage/usr/bin/kmod" \
  -b "$stage" -e -F "$work/kernel/boot/System.map-$release" "$release" 2>"$work/depmod.log" || fail "depmod: $(tail -3 "$work/depmod.log")"

echo "linking a Java runtime"
"$JAVA_HOME/bin/jlink" --add-modules java.base,java.logging,java.net.http,java.sql,java.naming,java.xml,jdk.unsupported,jdk.httpserver,jdk.net,jdk.crypto.ec,java.security.jgss,java.management,jdk.zipfs \
  --strip-debug --no-header-files --no-man-pages --output "$out/java" 2>"$work/jlink.log" || fail "jlink: $(tail -3 "$work/jlink.log")"
# The archive must fit the flags of guest/java-flags; without it every start of a JVM costs the emulated CPU a second more.
"$out/java/bin/java" -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Xshare:dump >"$work/cds.log" 2>&1 || fail "CDS archive: $(tail -3 "$work/cds.log")"
"$out/java/bin/java" -Xshare:dump >>"$work/cds.log" 2>&1 || fail "CDS archive: $(tail -3 "$work/cds.log")"
mkdir -p "$stage/opt/sekisho" && cp -a "$out/java" "$stage/opt/java"

echo "compiling the recorder"
gcc -O2 -Wall -Wextra -Werror -static "$here/guest/recorder.c" -o "$stage/usr/sbin/recorder" 2>"$work/gcc.log" || fail "$(tail -5 "$work/gcc.log")
Is libc6-dev installed? apt-get install gcc libc6-dev" 3
install -m 755 "$here/guest/init" "$stage/usr/sbin/guest-init"
install -m 755 "$here/guest/control" "$stage/usr/sbin/guest-control"
install -m 644 "$here/guest/java-flags" "$stage/opt/java/agent.flags"
mkdir -p "$stage"/{proc,sys,dev,run,tmp,mnt,root,var/lib,var/tmp,etc,media,home/clerk}
ln -s ../run "$stage/var/run"
# dash, not busybox, is the shell: busybox's prefers its own applets to the real mount and modprobe.
ln -sf dash "$stage/usr/bin/sh"
present() { [ -e "$1" ] || [ -L "$1" ]; }
for applet in $("$stage/usr/bin/busybox" --list); do
  present "$stage/usr/bin/$applet" || present "$stage/usr/sbin/$applet" || ln -s busybox "$stage/usr/bin/$applet"
done
printf 'root:x:0:0:root:/root:/bin/sh\nclerk:x:1000:1000:clerk:/home/clerk:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' >"$stage/etc/passwd"
printf '%s\n' root:x:0: tty:x:5: disk:x:6: lp:x:7: kmem:x:15: dialout:x:20: cdrom:x:24: tape:x:26: audio:x:29: video:x:44: plugdev:x:46: \
  input:x:101: kvm:x:102: render:x:103: sgx:x:104: clerk:x:1000: nogroup:x:65534: >"$stage/etc/group"
printf '127.0.0.1 localhost\n127.0.1.1 terminal\n10.0.2.2 service\n' >"$stage/etc/hosts"
echo 0f0e0d0c0b0a09080706050403020100 >"$stage/etc/machine-id"

# lz4 in large blocks: the guest's CPU is slow, disk space is not scarce.
mksquashfs "$stage" "$work/root.squashfs" -noappend -quiet -no-progress -all-root -noI -noD -noF -noX -b 131072 >/dev/null

echo "making the initramfs"
mkdir -p "$work/initrd"/{bin,proc,sys,dev,root,lower,rw,modules}
cp "$stage/usr/bin/busybox" "$work/initrd/bin/busybox"
ln -s busybox "$work/initrd/bin/sh"
# Each module's own dependencies stand after it in modules.dep, the deepest last.
: >"$work/initrd/modules.list"
for m in virtio_pci virtio_blk squashfs overlay; do
  awk -v m="/$m.ko:" 'index($1, m) { sub(":", "", $1); for (i = NF; i >= 1; i--) print $i }' "$dst/modules.dep"
done | awk '!seen[$0]++' | while read -r f; do
  cp "$dst/$f" "$work/initrd/modules/"; basename "$f" .ko >>"$work/initrd/modules.list"
done
install -m 755 "$here/guest/initrd-init" "$work/initrd/init"
(cd "$work/initrd" && find . | cpio -o -H newc --quiet) >"$work/initrd.img"

# PVH: QEMU starts the uncompressed kernel directly, which spares seconds of emulated decompression.
unpacked=
for at in $(LC_ALL=C grep -obUaP '\xfd7zXZ\x00' "$work/kernel/boot/vmlinuz-$release" | cut -d: -f1); do
  tail -c "+$((at + 1))" "$work/kernel/boot/vmlinuz-$release" | xz -dcq --single-stream >"$work/vmlinux" 2>/dev/null || true
  if [ "$(head -c 4 "$work/vmlinux" | tail -c 3)" = ELF ]; then unpacked=yes; break; fi
done
[ -n "$unpacked" ] || fail "no xz-compressed kernel inside vmlinuz-$release"
# A running VM keeps the files it opened.
mv "$work"/{vmlinux,initrd.img,root.squashfs} "$out/"
rm -rf "$work"
echo "$id" >"$out/image.id"
