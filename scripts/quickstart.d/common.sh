# What both forms of scripts/quickstart share: a temporary folder, ports, and an end that leaves nothing.
bin=${PADDOCK_BIN:-$PWD/build/bin}
home=$(mktemp -d)
started=()

end() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done; done
  rm -rf "$home"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

# Each once, and below those that the system gives to connections which go out: servers dial one another
# before the last one listens.
free_port() {
  python3 - "$home/ports" <<'PY'
import pathlib, random, socket, sys

given = pathlib.Path(sys.argv[1])
known = given.read_text().split() if given.exists() else []
while True:
    port = random.randrange(20000, 32000)
    if str(port) in known:
        continue
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
    given.write_text(" ".join([*known, str(port)]))
    sys.exit(print(port))
PY
}

# await WHAT COMMAND…: until the command succeeds; what WHAT's log says if it never does.
await() {
  local log=$1
  shift
  for _ in $(seq 300); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  echo "did not happen within 30 s: $*; the log:" >&2
  cat "$log" >&2
  exit 1
}
