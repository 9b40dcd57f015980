#!/usr/bin/env bash
# Packs the agent's jar, JNA's library and a class archive into the second disk of the terminal in a VM (/opt/sekisho in the guest).
#
#   agent-disk.sh IMAGE JAR       IMAGE is the directory of build-image.sh; IMAGE/agent.squashfs is made or left as it is
#
# It is apart from the root so that a rebuilt agent costs a second, not an image. Cached by the hash of the jar. IMAGE/agent-loaded.lst, which
# `./dev bench terminal` leaves there, is what the agent loaded in a whole start; without it the class archive holds fewer lambdas.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
image=$(cd "$1" && pwd)
jar=$2
: "${JAVA_HOME:?the JDK that built the jar}"
[ -f "$jar" ] || { echo "$jar is missing: run ./dev build first" >&2; exit 3; }
exec 9>"$image/lock"
flock 9

id=$({ cat "$0" "$here/LambdaList.java" "$here/guest/java-flags" "$image/image.id"; sha256sum <"$jar"; cat "$image/agent-loaded.lst" 2>/dev/null || true; } | sha256sum | cut -c1-32)
if [ "$(cat "$image/agent.id" 2>/dev/null)" = "$id" ]; then exit 0; fi
echo "packing the agent's disk and its class archive"
rm -rf "$image/agent.id" "$image/agent"
disk=$image/agent
mkdir -p "$disk/lib"
cp "$jar" "$disk/sekisho-agent.jar"
(cd "$disk" && "$JAVA_HOME/bin/jar" xf sekisho-agent.jar com/sun/jna/linux-x86-64/libjnidispatch.so && mv com/sun/jna/linux-x86-64/libjnidispatch.so lib/ && rm -r com)

# The archive names the jar by path and time: made here, it holds for the guest because only the common head of the path differs.
# It holds what a run of the agent loads, all of our own classes, JSON, and the JDK's TLS and HTTP: loading a class from a jar costs the
# emulated CPU about a hundred times as much, and a handshake that loads 500 of them runs into the agent's own time limit.
cd "$disk"
flags=("@$here/guest/java-flags" "-Djna.boot.library.path=$disk/lib")
"$image/java/bin/java" "${flags[@]}" -XX:DumpLoadedClassList="$disk/loaded.lst" -jar "$disk/sekisho-agent.jar" doctor --state "$disk/none" >/dev/null 2>&1 || true
{
  # picocli's class files are of the oldest kind; a line that makes the JVM link them while it dumps shuts them out of the archive.
  { cat "$disk/loaded.lst"; [ ! -f "$image/agent-loaded.lst" ] || cat "$image/agent-loaded.lst"; } | sed '/^@.*picocli/d; s/ id: [0-9]*$//'
  "$JAVA_HOME/bin/jar" tf sekisho-agent.jar | grep -E '^(jp/sekisho|com/sun/jna|com/fasterxml/jackson|org/bouncycastle/(math|crypto/(ec|params|digests|signers|constraints)|internal/asn1|asn1|util))/.*\.class$|^org/bouncycastle/(crypto|jce|jce/spec)/[^/]*\.class$' | grep -v -- '-info\.class$'
  "$JAVA_HOME/bin/jimage" list "$image/java/lib/modules" |
    grep -oE '(sun/security/(ssl|x509|util|provider|ec|jca|validator|rsa|action|pkcs|pkcs12)|jdk/internal/net/http|java/net|javax/net/ssl|javax/crypto|com/sun/crypto/provider|java/security|java/lang|java/math|java/nio|java/io|sun/net|sun/nio|sun/invoke|jdk/net|java/util|java/time|java/text|sun/util|jdk/internal/(icu|classfile|util|math|misc|event|lang))/.*\.class$'
} | sed 's/\.class$//' | awk '!seen[$0]++' >"$disk/classes.lst"
grep -v '^@' "$disk/classes.lst" | "$JAVA_HOME/bin/java" "$here/LambdaList.java" "$disk/sekisho-agent.jar" >"$disk/lambdas.lst"
cat "$disk/lambdas.lst" >>"$disk/classes.lst"
"$image/java/bin/java" "${flags[@]}" -Xshare:dump -XX:SharedClassListFile="$disk/classes.lst" -XX:SharedArchiveFile="$disk/agent.jsa" -cp "$disk/sekisho-agent.jar" >"$image/agent.log" 2>&1 ||
  { tail -3 "$image/agent.log" >&2; exit 1; }
rm -rf "$disk"/*.lst "$disk/none"

cat >"$disk/agent" <<'A'
#!/bin/sh
# sekisho-agent with the flags of a terminal; JAVA_EXTRA may hold more.
exec /opt/java/bin/java @/opt/java/agent.flags -XX:SharedArchiveFile=/opt/sekisho/agent.jsa $JAVA_EXTRA -jar /opt/sekisho/sekisho-agent.jar "$@"
A
chmod 755 "$disk/agent"
rm -f "$image/agent.squashfs.new"
mksquashfs "$disk" "$image/agent.squashfs.new" -noappend -quiet -no-progress -all-root -noI -noD -noF -noX -b 131072 >/dev/null
# A running VM keeps the file it opened.
mv "$image/agent.squashfs.new" "$image/agent.squashfs"
rm -rf "$disk"
echo "$id" >"$image/agent.id"
