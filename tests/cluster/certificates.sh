# The cluster's certificates and the kubeconfigs that hold them; sourced.

quiet_openssl() { openssl "$@" 2>/dev/null; }

# authority FILE NAME
authority() {
  quiet_openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
  quiet_openssl req -x509 -new -key "$1.key" -subj "/CN=$2" -days 3650 -sha256 -out "$1.crt" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature
}

# certificate FILE AUTHORITY SUBJECT USAGES [NAMES]
certificate() {
  quiet_openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
  quiet_openssl req -new -key "$1.key" -subj "$3" -out "$1.csr"
  {
    echo basicConstraints=CA:FALSE
    echo keyUsage=critical,digitalSignature,keyEncipherment
    echo "extendedKeyUsage=$4"
    [ -z "${5:-}" ] || echo "subjectAltName=$5"
  } >"$1.ext"
  quiet_openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -CAcreateserial -days 3650 -sha256 -extfile "$1.ext" \
    -out "$1.crt"
  rm "$1.csr" "$1.ext"
}

# kubeconfig NAME ADDRESS: of the certificate with that name.
kubeconfig() {
  cat >"$kubeconfigs/$1.conf" <<YAML
apiVersion: v1
kind: Config
current-context: cluster
clusters: [{name: cluster, cluster: {server: "https://$2:6443", certificate-authority-data: $(base64 -w0 "$certificates/ca.crt")}}]
users: [{name: user, user: {client-certificate-data: $(base64 -w0 "$certificates/$1.crt"), client-key-data: $(base64 -w0 "$certificates/$1.key")}}]
contexts: [{name: cluster, context: {cluster: cluster, user: user}}]
YAML
}

make_certificates() {
  mkdir -p "$certificates" "$kubeconfigs"
  [ ! -f "$kubeconfigs/proxy.conf" ] || return 0
  (
    cd "$certificates"
    authority ca kubernetes
    authority etcd-ca etcd
    authority front-ca front-proxy
    certificate etcd etcd-ca /CN=etcd serverAuth,clientAuth DNS:localhost,IP:127.0.0.1
    certificate etcd-client etcd-ca /CN=kube-apiserver clientAuth
    certificate apiserver ca /CN=kube-apiserver serverAuth "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,\
DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:$control_address,IP:$services_first"
    certificate apiserver-kubelet ca /O=system:masters/CN=kube-apiserver-kubelet clientAuth
    certificate newer-apis ca /CN=newer-apis serverAuth DNS:newer-apis.kube-system.svc
    certificate front-client front-ca /CN=front-proxy-client clientAuth
    certificate admin ca /O=system:masters/CN=admin clientAuth
    certificate controllers ca /CN=system:kube-controller-manager clientAuth
    certificate scheduler ca /CN=system:kube-scheduler clientAuth
    certificate proxy ca /CN=system:kube-proxy clientAuth
    quiet_openssl genrsa -out accounts.key 2048
    quiet_openssl rsa -in accounts.key -pubout -out accounts.pub
  )
  kubeconfig admin 127.0.0.1
  kubeconfig controllers 127.0.0.1
  kubeconfig scheduler 127.0.0.1
  kubeconfig proxy "$control_address"
}

# node_certificate N
node_certificate() {
  [ ! -f "$kubeconfigs/node$1.conf" ] || return 0
  (cd "$certificates" && certificate "node$1" ca "/O=system:nodes/CN=system:node:node$1" clientAuth,serverAuth \
    "DNS:node$1,IP:$(node_address "$1")")
  kubeconfig "node$1" "$control_address"
}
