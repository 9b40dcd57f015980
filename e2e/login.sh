# Sourced by ./dev: starts and stops everything a card login needs, in .dev/login. Every process is ended by its own id.

LOGIN=$STATE/login
PEOPLE_PORT=8080
AGENTS_PORT=8444
LOOPBACK_PORT=47621

run_java() { "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx256m "$@"; }

# start NAME COMMAND...: runs it in the background with its output in a log and its id in a file.
start() {
  local name=$1; shift
  "$@" >"$LOGIN/log/$name.log" 2>&1 </dev/null &
  echo "$! $(started "$!")" >"$LOGIN/run/$name.pid"
}

# When a process was started, in ticks since boot: a number alone may be another process's by now.
started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
pid_of() { cut -d' ' -f1 "$LOGIN/run/$1.pid"; }

# wait_for WHAT SECONDS COMMAND...: says what it waits for; the condition decides, not the time.
wait_for() {
  local what=$1 limit=$2 deadline; shift 2
  deadline=$((SECONDS + limit))
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || { stop_all; fail "waited ${limit}s for $what; logs are in $LOGIN/log" 3; }
    sleep 0.2
  done
}

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

stop_all() {
  local name
  for name in session agent server card pcscd; do stop_process "$LOGIN/run/$name.pid"; done
}

# Ends the process of a file "ID STARTED" in order, if it is still that one.
stop_process() {
  local pid since
  [ -f "$1" ] || return 0
  read -r pid since <"$1" || true; rm -f "$1"
  [ -n "$since" ] && [ "$(started "$pid")" = "$since" ] || return 0
  kill "$pid" 2>/dev/null || return 0
  for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -9 "$pid" 2>/dev/null || true
}

# pcscd in a network of its own: Debian's vpcd listens on every address. Its socket appears in $LOGIN/pcscd on this side.
start_card() {
  local ns=(unshare --net --mount)
  [ "$(id -u)" -eq 0 ] || ns=(unshare --user --map-root-user --net --mount)
  mkdir -p "$LOGIN/pcscd"
  start pcscd "${ns[@]}" sh -c '
    [ -d /run/pcscd ] || mkdir -p /run/pcscd 2>/dev/null || { mount -t tmpfs tmpfs /run && mkdir /run/pcscd; }
    mount --bind "$1" /run/pcscd && PATH=$PATH:/usr/sbin:/sbin && ip link set lo up && exec pcscd --foreground' sh "$LOGIN/pcscd"
  wait_for "pcscd" 20 test -S "$LOGIN/pcscd/pcscd.comm"
  run_java -jar "$CARD_JAR" issue-test-ca "$LOGIN/ca" >/dev/null
  # What the service pins: the CA, its revocation list, and the CA's policy that says hardware- and PIN-bound.
  mkdir -p "$LOGIN/trust"
  cp "$LOGIN/ca/root.der" "$LOGIN/trust/staff.crt"
  cp "$LOGIN/ca/crl.der" "$LOGIN/trust/staff.crl"
  cp "$LOGIN/ca/policy.oid" "$LOGIN/trust/hardware-policy.oid"
  local enter=(nsenter --net="/proc/$(pid_of pcscd)/ns/net")
  [ "$(id -u)" -eq 0 ] || enter=(nsenter --user --preserve-credentials --target "$(pid_of pcscd)" --net)
  start card "${enter[@]}" "$JAVA_HOME/bin/java" -Xmx64m -jar "$CARD_JAR" simulate piv --port 35963 --dir "$LOGIN/card" --ca "$LOGIN/ca" --subject-number 100042
  export PCSCLITE_CSOCK_NAME=$LOGIN/pcscd/pcscd.comm
}

cmd_card() {
  need_jdk
  [ -S "$LOGIN/card/control.sock" ] || fail "No virtual card runs; start ./dev login first." 3
  case "${1:-}" in
    remove | insert) run_java -jar "$CARD_JAR" control --dir "$LOGIN/card" "$1" ;;
    status) PCSCLITE_CSOCK_NAME=$LOGIN/pcscd/pcscd.comm run_java -jar "$CARD_JAR" status --reader-role 'Virtual PCD 00 00=staff' ;;
    *) fail "usage: ./dev card remove|insert|status" 2 ;;
  esac
}

cmd_login() {
  need_packages "$PACKAGES_LOGIN"
  need_jdk
  need_namespaces
  stop_all
  local port
  for port in $PEOPLE_PORT $AGENTS_PORT $LOOPBACK_PORT; do
    if port_open $port; then fail "Port $port is in use; end the program that holds it." 3; fi
  done
  say "building"
  cmd_build
  rm -rf "$LOGIN"
  mkdir -p "$LOGIN/run" "$LOGIN/log"
  chmod 700 "$LOGIN"
  trap stop_all EXIT
  trap 'exit 130' INT TERM

  say "starting pcscd and a virtual staff card"
  start_card

  say "making the service's data directory"
  local data=$LOGIN/server
  run_java -jar "$SERVER_JAR" init --data "$data" --organ mayor:市長部局 --origin "http://localhost:$PEOPLE_PORT" --agents-host localhost \
    --people-port $PEOPLE_PORT --agents-port $AGENTS_PORT --trial --without-setup --staff-ca "$LOGIN/trust" --help-line "内線 1234" >"$LOGIN/log/init.log" 2>&1
  printf '%s\n' 'staff_number,name,organ,division,division_name,post,from,until,roles' \
    '100042,見本 花子,mayor,shimin,市民課,主事,2026-04-01,2126-03-31,clerk' \
    '100007,見本 太郎,mayor,kansa,監査委員事務局,書記,2026-04-01,2126-03-31,clerk;auditor' >"$LOGIN/persons.csv"
  run_java -jar "$SERVER_JAR" person import "$LOGIN/persons.csv" --data "$data" >>"$LOGIN/log/init.log" 2>&1
  wait_for "the card's certificate" 30 test -s "$LOGIN/card/9a.der"
  run_java -jar "$SERVER_JAR" card register --person 100042 --certificate "$LOGIN/card/9a.der" --data "$data" >>"$LOGIN/log/init.log" 2>&1
  local ticket
  ticket=$(run_java -jar "$SERVER_JAR" terminal ticket T-0042 --organ mayor --data "$data" --json 2>>"$LOGIN/log/init.log" | sed -n 's/.*"ticket":"\([^"]*\)".*/\1/p')

  say "starting the service"
  start server "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx384m -jar "$SERVER_JAR" serve --data "$data"
  wait_for "the service" 60 port_open $AGENTS_PORT

  say "enrolling terminal T-0042"
  run_java -jar "$AGENT_JAR" enroll "$ticket" --state "$LOGIN/agent" --reader-role 'Virtual PCD 00 00=staff' >"$LOGIN/log/enroll.log"
  local fingerprint
  fingerprint=$(grep -oE '([0-9A-F]{4}-){4}[0-9A-F]{4}' "$LOGIN/log/enroll.log" | head -1)
  run_java -jar "$SERVER_JAR" terminal confirm T-0042 --fingerprint "$fingerprint" --data "$data" >>"$LOGIN/log/init.log" 2>&1

  say "starting the agent (without enforcement: nothing under /sys is opened for writing)"
  start agent "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx128m -jar "$AGENT_JAR" service --no-enforcement --seats any --state "$LOGIN/agent" \
    --loopback-port $LOOPBACK_PORT --socket "$LOGIN/agent.sock"
  wait_for "the agent" 30 port_open $LOOPBACK_PORT

  cat <<T

Open    http://localhost:$PEOPLE_PORT    in a browser on this machine and log in.
PIN     123456 (staff number 100042; three tries)
Try     ./dev card remove     in a second terminal: the page locks within two seconds; ./dev card insert and the PIN resume it
        a wrong PIN three times: PIN閉塞 (./dev login starts over with a fresh card)
Log     java -jar auth-server/service/target/sekisho-server.jar log export --log mayor --data .dev/login/server --out mayor.zip
        java -jar auth-server/audit-log/target/sekisho-audit.jar verify mayor.zip --allow-unwitnessed --log-key "\$(java -jar auth-server/service/target/sekisho-server.jar log key --log mayor --data .dev/login/server)"
The PIN window opens $([ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && echo "on your desktop" || echo "in this terminal"). Ctrl-C ends everything.
T
  # In the foreground: pinentry-curses needs this terminal.
  GPG_TTY=$(tty 2>/dev/null || true) "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx64m -jar "$AGENT_JAR" session --socket "$LOGIN/agent.sock"
}
