#!/usr/bin/env bash
# Unpacks USBGuard, the peer that ./dev bench measures beside the agent, for the terminal in a VM; nothing is installed on this machine.
#
#   usbguard.sh OUT        OUT/usbguard.tar is to be unpacked over the guest's root
set -euo pipefail
out=$(mkdir -p "$1" && cd "$1" && pwd)
[ -f "$out/usbguard.tar" ] && exit 0
work=$out/work
rm -rf "$work"; mkdir -p "$work"/{state,debs/partial} "$work/root/usr"/{bin,sbin,lib,lib64}
for d in bin sbin lib lib64; do ln -s "usr/$d" "$work/root/$d"; done
: >"$work/state/status"
apt-get -qq -o Dir::State::status="$work/state/status" -o APT::Sandbox::User=root --no-install-recommends -y \
  -o Dir::Cache::archives="$work/debs" --download-only install usbguard >"$work/apt.log" 2>&1 ||
  { tail -5 "$work/apt.log" >&2; echo "USBGuard could not be fetched: run apt-get update, check the network" >&2; exit 3; }
for deb in "$work"/debs/*.deb; do
  case ${deb##*/} in
    libc6_* | libc-bin_*) ;; # the guest runs on its own
    usbguard_* | lib* | zlib1g_*) dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$work/root" ;;
  esac
done
rm -rf "$work/root/usr/share"
tar -C "$work/root" -cf "$out/usbguard.tar.new" usr
mv "$out/usbguard.tar.new" "$out/usbguard.tar"
rm -rf "$work"
