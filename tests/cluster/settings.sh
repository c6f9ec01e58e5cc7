# Where the cluster's parts are; sourced by the scripts of this folder.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/paddock

# What all copies of the tree share; what was made from another version of a file is made again.
keyed() { echo "$cache/$1-$(cat "${@:2}" | sha256sum | cut -c1-12)"; }
programs=$(keyed kubernetes "$here/build_kubernetes")
tools=$(keyed kubectl "$here/npm/package.json")
images=$(keyed cluster-images "$here/pause_image" "$here/pause.c")

# What belongs to this copy alone. The control plane's network namespace has its name; the nodes' are ${space}-node-N.
space=paddock-$(sha256sum <<<"$here" | cut -c1-6)
state=$cache/cluster-$space
certificates=$state/certificates
kubeconfigs=$state/kubeconfig
logs=$state/log
volumes=$state/volumes
# Where numbers of processes are forgotten when the machine starts anew.
pids=/run/$space
etcd_data=/dev/shm/$space-etcd

# Nothing in these networks reaches the machine's: copies of the cluster may have the same addresses.
# Unlike any address that tests are likely to run beside: 198.18.0.0/15 is for benchmarks.
control_address=198.18.0.1
services=198.19.0.0/16
services_first=198.19.0.1
dns_address=198.19.0.10
pods=198.18.128.0/17
node_address() { echo "198.18.0.$((10 + $1))"; }
node_pods() { echo "198.18.$((128 + $1)).0/24"; }

export KUBECONFIG=$kubeconfigs/admin.conf PATH=$tools:$programs:$PATH

in_space() { nsenter --net="/run/netns/$space" "$@"; }

# background NAME COMMAND…: runs it among the control plane, with a log and its process id in files.
background() {
  local name=$1
  shift
  # Not by in_space: of a function the number would be that of a shell between.
  nsenter --net="/run/netns/$space" "$@" >"$logs/$name.log" 2>&1 </dev/null 9>&- &
  echo $! >"$pids/$name"
}

# await SECONDS WHAT COMMAND…: until the command succeeds. The bound only ends what has failed.
await() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || { echo "cluster: $what: not in time; see $logs" >&2; return 1; }
    sleep 0.2
  done
}
