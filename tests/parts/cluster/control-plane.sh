# etcd and the three programs of the control plane. To be sourced.
# shellcheck shell=bash

start_etcd() {
  # nothing here has to outlive a power cut: the data lies in memory
  mkdir -p "$STATE/etcd"
  mount -t tmpfs -o size=2g etcd "$STATE/etcd"
  start_daemon etcd "$DEBIAN/usr/bin/etcd" \
    --name "$CONTEXT" \
    --data-dir "$STATE/etcd/data" \
    --listen-client-urls "$ETCD" \
    --advertise-client-urls "$ETCD" \
    --listen-peer-urls http://127.0.0.1:2380 \
    --initial-advertise-peer-urls http://127.0.0.1:2380 \
    --initial-cluster "$CONTEXT=http://127.0.0.1:2380"
}

start_apiserver() {
  start_daemon apiserver "$TOOLS/bin/kube-apiserver" \
    --etcd-servers="$ETCD" \
    --bind-address=0.0.0.0 \
    --secure-port=6443 \
    --advertise-address="$NODE_IP" \
    --service-cluster-ip-range="$SERVICE_CIDR" \
    --tls-cert-file="$PKI/apiserver.crt" \
    --tls-private-key-file="$PKI/apiserver.key" \
    --client-ca-file="$PKI/ca.crt" \
    --authorization-mode=Node,RBAC \
    --allow-privileged=true \
    --kubelet-preferred-address-types=InternalIP \
    --kubelet-client-certificate="$PKI/apiserver-kubelet.crt" \
    --kubelet-client-key="$PKI/apiserver-kubelet.key" \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$PKI/service-accounts.pub" \
    --service-account-signing-key-file="$PKI/service-accounts.key"
}

# own_access NAME: the flags with which a component uses its own kubeconfig for
# everything, and serves its health on loopback.
own_access() {
  local kubeconfig=$STATE/$1.kubeconfig
  printf '%s\n' "--kubeconfig=$kubeconfig" "--authentication-kubeconfig=$kubeconfig" \
    "--authorization-kubeconfig=$kubeconfig" "--cert-dir=$STATE/certificates/$1" \
    --bind-address=127.0.0.1 --leader-elect=false
}

start_controller_manager() {
  local access
  mapfile -t access < <(own_access controller-manager)
  # with the usual request rate its start alone takes five seconds
  start_daemon controller-manager "$TOOLS/bin/kube-controller-manager" "${access[@]}" \
    --secure-port=10257 \
    --kube-api-qps=300 \
    --kube-api-burst=500 \
    --use-service-account-credentials=true \
    --service-account-private-key-file="$PKI/service-accounts.key" \
    --root-ca-file="$PKI/ca.crt" \
    --cluster-signing-cert-file="$PKI/ca.crt" \
    --cluster-signing-key-file="$PKI/ca.key" \
    --allocate-node-cidrs=true \
    --cluster-cidr="$POD_CIDR" \
    --service-cluster-ip-range="$SERVICE_CIDR"
}

start_scheduler() {
  local access
  mapfile -t access < <(own_access scheduler)
  start_daemon scheduler "$TOOLS/bin/kube-scheduler" "${access[@]}" --secure-port=10259
}

etcd_ready() {
  curl -fsS "$ETCD/health"
}

apiserver_ready() {
  curl -fsS --cacert "$PKI/ca.crt" "$API/readyz"
}

controller_manager_ready() {
  curl -kfsS https://127.0.0.1:10257/healthz && kubectl get serviceaccount default
}

scheduler_ready() {
  curl -kfsS https://127.0.0.1:10259/healthz
}
