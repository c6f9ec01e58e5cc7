# Where the cluster's parts are; sourced by the scripts of this folder.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/paddock
# What was built by another version of the script is built again.
programs=$cache/kubernetes-$(sha256sum <"$here/build_kubernetes" | cut -c1-12)
images=$cache/cluster-images
state=$cache/cluster
certificates=$state/certificates
kubeconfigs=$state/kubeconfig
logs=$state/log
pids=$state/run
etcd_data=/dev/shm/paddock-etcd

# The control plane's network namespace; the nodes' are ${space}-node-N. Nothing in them reaches the machine's network.
space=paddock-cluster
# Unlike any address of a machine that tests are likely to run on: 198.18.0.0/15 is for benchmarks.
control_address=198.18.0.1
services=198.19.0.0/16
services_first=198.19.0.1
dns_address=198.19.0.10
pods=198.18.128.0/17
node_address() { echo "198.18.0.$((10 + $1))"; }
node_pods() { echo "198.18.$((128 + $1)).0/24"; }

export KUBECONFIG=$kubeconfigs/admin.conf PATH=$programs:$PATH

in_space() { nsenter --net="/run/netns/$space" "$@"; }

# background NAME COMMAND…: runs it among the control plane, with a log and its process id in files.
background() {
  local name=$1
  shift
  in_space "$@" >"$logs/$name.log" 2>&1 </dev/null &
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
