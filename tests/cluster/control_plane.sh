# etcd, API server, controllers, scheduler and names, in a network namespace without an uplink; sourced.

make_space() {
  ip netns add "$space"
  ip -n "$space" link set lo up
  ip -n "$space" link add nodes type bridge
  ip -n "$space" addr add "$control_address/24" dev nodes
  ip -n "$space" link set nodes up
  ip -n "$space" route add default dev nodes
  # Kubelets ask a cloud's metadata service for 12 seconds when they begin.
  ip -n "$space" route add unreachable 169.254.0.0/16
  in_space sysctl -qw net.ipv4.ip_forward=1
  in_space sysctl -qw net.bridge.bridge-nf-call-iptables=1 || true
  printf 'nameserver %s\nsearch default.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n' \
    "$control_address" >"$state/resolv.conf"
}

start_etcd() {
  rm -rf "$etcd_data"
  mkdir -p -m 700 "$etcd_data"
  background etcd etcd --name only --data-dir "$etcd_data" \
    --listen-client-urls https://127.0.0.1:2379 --advertise-client-urls https://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
    --initial-cluster only=http://127.0.0.1:2380 --client-cert-auth \
    --cert-file "$certificates/etcd.crt" --key-file "$certificates/etcd.key" --trusted-ca-file "$certificates/etcd-ca.crt"
}

start_api_server() {
  local c=$certificates
  background kube-apiserver kube-apiserver \
    --etcd-servers=https://127.0.0.1:2379 --etcd-cafile="$c/etcd-ca.crt" --etcd-certfile="$c/etcd-client.crt" \
    --etcd-keyfile="$c/etcd-client.key" --bind-address=0.0.0.0 --secure-port=6443 --advertise-address="$control_address" \
    --tls-cert-file="$c/apiserver.crt" --tls-private-key-file="$c/apiserver.key" --client-ca-file="$c/ca.crt" \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
    --service-cluster-ip-range="$services" --service-account-key-file="$c/accounts.pub" \
    --service-account-signing-key-file="$c/accounts.key" \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --kubelet-client-certificate="$c/apiserver-kubelet.crt" --kubelet-client-key="$c/apiserver-kubelet.key" \
    --kubelet-certificate-authority="$c/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --proxy-client-cert-file="$c/front-client.crt" --proxy-client-key-file="$c/front-client.key" \
    --requestheader-client-ca-file="$c/front-ca.crt" --requestheader-allowed-names=front-proxy-client \
    --requestheader-extra-headers-prefix=X-Remote-Extra- --requestheader-group-headers=X-Remote-Group \
    --requestheader-username-headers=X-Remote-User
  await 120 "the API server is ready" in_space kubectl get --raw /readyz
}

# Volumes are made below a folder of Kubernetes' choice, in whose place who makes and mounts them sees one of the cluster's.
volumes_here='mount --bind "$0" /tmp/hostpath_pv && exec "$@"'

# A controller or scheduler, which all look the same: NAME FLAG…
start_of_control_plane() {
  local name=$1 config=$2
  shift 2
  background "$name" unshare --mount --propagation private bash -c "$volumes_here" "$volumes" "$name" --kubeconfig="$config" --authentication-kubeconfig="$config" \
    --authorization-kubeconfig="$config" --bind-address=127.0.0.1 --leader-elect=false "$@"
}

start_control_plane() {
  mkdir -p /tmp/hostpath_pv
  make_space
  start_etcd
  start_api_server
  start_of_control_plane kube-controller-manager "$kubeconfigs/controllers.conf" --use-service-account-credentials=true \
    --service-account-private-key-file="$certificates/accounts.key" --root-ca-file="$certificates/ca.crt" \
    --cluster-signing-cert-file="$certificates/ca.crt" --cluster-signing-key-file="$certificates/ca.key" \
    --allocate-node-cidrs=false --enable-hostpath-provisioner=true --node-monitor-period=1s \
    --node-monitor-grace-period=8s --pvclaimbinder-sync-period=2s
  start_of_control_plane kube-scheduler "$kubeconfigs/scheduler.conf"
  await 120 "controllers work" in_space kubectl get serviceaccount default
}

# Names and volumes, and what makes services reachable from the namespace that the tests run in.
start_cluster_services() {
  background kube-proxy kube-proxy --kubeconfig="$kubeconfigs/proxy.conf" --cluster-cidr="$pods" --hostname-override=control \
    --proxy-mode=iptables --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0 \
    --conntrack-tcp-timeout-close-wait=0 --metrics-bind-address=127.0.0.1:10249
  background dns env "PATH=$PATH" /usr/bin/python3 "$here/dns.py" "$KUBECONFIG" "$control_address"
  background newer-apis env "PATH=$PATH" "$here/newer_apis.py" "$KUBECONFIG" "$control_address" 7443 \
    "$certificates/newer-apis.crt" "$certificates/newer-apis.key" "$certificates/front-ca.crt"
  sed -e "s#@AUTHORITY@#$(base64 -w0 "$certificates/ca.crt")#; s#@CONTROL@#$control_address#" "$here/newer_apis.yaml" |
    in_space kubectl apply -f - >/dev/null
  sed -e "s/@DNS@/$dns_address/; s/@CONTROL@/$control_address/" "$here/services.yaml" | in_space kubectl apply -f - >/dev/null
  await 120 "policy/v1 is served" in_space kubectl get --raw /apis/policy/v1
  await 120 "discovery.k8s.io/v1 is served" in_space kubectl get --raw /apis/discovery.k8s.io/v1
}
