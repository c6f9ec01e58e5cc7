# A node: namespaces of its own for network, mounts, processes, name and IPC, in which containerd, kubelet and kube-proxy run;
# to kill the first process of it is to cut its power. Sourced.

node_space() { echo "$space-node-$1"; }

# connect_node N COUNT: its place on the bridge, and ways to the pods of the others.
connect_node() {
  local number=$1 net address other
  net=$(node_space "$1")
  address=$(node_address "$number")
  ip netns add "$net"
  ip -n "$space" link add "node$number" type veth peer name eth0 netns "$net"
  ip -n "$space" link set "node$number" master nodes up
  ip -n "$net" link set lo up
  ip -n "$net" addr add "$address/24" dev eth0
  ip -n "$net" link set eth0 up
  ip -n "$net" route add default via "$control_address"
  ip -n "$net" route add unreachable 169.254.0.0/16
  ip -n "$space" route add "$(node_pods "$number")" via "$address"
  for other in $(seq "$2"); do
    [ "$other" = "$number" ] || ip -n "$net" route add "$(node_pods "$other")" via "$(node_address "$other")"
  done
  # `nsenter`, not `ip netns exec`, which hides cgroups.
  nsenter --net="/run/netns/$net" sysctl -qw net.ipv4.ip_forward=1
  nsenter --net="/run/netns/$net" sysctl -qw net.bridge.bridge-nf-call-iptables=1 || true
}

node_cgroups() {
  local controller group
  for controller in cpu cpuacct cpuset memory pids freezer devices blkio systemd; do
    group=/sys/fs/cgroup/$controller/$space-$1
    [ -d "/sys/fs/cgroup/$controller" ] || continue
    mkdir -p "$group"
    if [ "$controller" = cpuset ]; then
      cat "${group%/*}/cpuset.cpus" >"$group/cpuset.cpus"
      cat "${group%/*}/cpuset.mems" >"$group/cpuset.mems"
    fi
  done
}

# node_files N FOLDER: the configuration of what runs on it.
node_files() {
  local number=$1 folder=$2
  mkdir -p "$folder"/{cni,containerd,kubelet,log}
  : >"$folder/resolv.conf"
  cat >"$folder/cni/10-pods.conflist" <<JSON
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "pods0", "isDefaultGateway": true, "ipMasq": false, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "/run/ipam", "ranges": [[{"subnet": "$(node_pods "$number")"}]]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
  sed "s#@FOLDER@#$folder#g" "$here/containerd.toml" >"$folder/containerd.toml"
  sed "s#@FOLDER@#$folder#g; s#@CERTIFICATES@#$certificates#g; s#@NODE@#node$number#g; s#@DNS@#$dns_address#g; \
s#@CGROUP@#/$space-$number#g" "$here/kubelet.yaml" >"$folder/kubelet.yaml"
}

# node_init N FOLDER: prints the script that is the node's first process.
node_init() {
  cat <<SH
hostname node$1
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/netns /run/containerd /var/log/pods /var/lib/kubelet
mount --bind $2/log /var/log
mount --bind $2/kubelet /var/lib/kubelet
mount --bind $volumes /tmp/hostpath_pv
mkdir -p /var/log/pods /var/log/containers
export AWS_EC2_METADATA_DISABLED=true PATH=$PATH
containerd -c $2/containerd.toml >$logs/node$1-containerd.log 2>&1 &
until ctr -a /run/containerd.sock version >/dev/null 2>&1; do sleep .1; done
for image in $images/*.tar; do ctr -a /run/containerd.sock -n k8s.io images import "\$image" >/dev/null; done
kubelet --config=$2/kubelet.yaml --kubeconfig=$kubeconfigs/node$1.conf --node-ip=$(node_address "$1") \\
  --hostname-override=node$1 --container-runtime=remote --container-runtime-endpoint=unix:///run/containerd.sock \\
  --image-service-endpoint=unix:///run/containerd.sock --pod-infra-container-image=paddock.test/pause:1 \\
  >$logs/node$1-kubelet.log 2>&1 &
kube-proxy --kubeconfig=$kubeconfigs/proxy.conf --cluster-cidr=$pods --hostname-override=node$1 --proxy-mode=iptables \\
  --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0 \\
  --metrics-bind-address=127.0.0.1:10249 >$logs/node$1-proxy.log 2>&1 &
while :; do wait; sleep 1; done
SH
}

start_node() {
  local folder=$state/node$1
  [ ! -e "$pids/node$1" ] || { echo "cluster: node $1 has power" >&2; return 1; }
  node_certificate "$1"
  node_cgroups "$1"
  node_files "$1" "$folder"
  node_init "$1" "$folder" >"$folder/init"
  nsenter --net="/run/netns/$(node_space "$1")" unshare --mount --propagation private --pid --fork --kill-child=SIGKILL \
    --mount-proc --uts --ipc bash "$folder/init" >"$logs/node$1-init.log" 2>&1 </dev/null 9>&- &
  echo $! >"$pids/node$1"
}

cut_power() {
  kill -9 "$(cat "$pids/node$1")" 2>/dev/null || true
  rm -f "$pids/node$1"
}

# in_node N COMMAND…
in_node() {
  local init
  init=$(pgrep -P "$(cat "$pids/node$1")" | head -1)
  shift
  nsenter -t "$init" --mount --net --pid --uts "$@"
}
