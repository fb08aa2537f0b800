# A certificate authority of its own, and who may talk to the API with which
# rights. To be sourced.
# shellcheck shell=bash

PKI=$STATE/pki

# new_key NAME
new_key() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$PKI/$1.key"
}

new_authority() {
  new_key ca
  openssl req -x509 -new -key "$PKI/ca.key" -subj /CN=linkspan-test-ca -days 30 -out "$PKI/ca.crt" \
    -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign'
}

# new_certificate NAME SUBJECT EXTENSION…
new_certificate() {
  local name=$1 subject=$2
  shift 2
  new_key "$name"
  printf '%s\n' "$@" >"$PKI/$name.ext"
  openssl req -new -key "$PKI/$name.key" -subj "$subject" |
    openssl x509 -req -CA "$PKI/ca.crt" -CAkey "$PKI/ca.key" -set_serial "0x$(openssl rand -hex 8)" \
      -days 30 -out "$PKI/$name.crt" -extfile "$PKI/$name.ext" 2>/dev/null
}

# new_user NAME SUBJECT: a client certificate, and a kubeconfig that holds it.
new_user() {
  local name=$1
  new_certificate "$name" "$2" 'extendedKeyUsage=clientAuth'
  cat >"$STATE/$name.kubeconfig" <<EOF
apiVersion: v1
kind: Config
current-context: $CONTEXT
contexts:
  - {name: $CONTEXT, context: {cluster: $CONTEXT, user: $name}}
clusters:
  - name: $CONTEXT
    cluster:
      server: $API
      certificate-authority-data: $(base64 --wrap=0 "$PKI/ca.crt")
users:
  - name: $name
    user:
      client-certificate-data: $(base64 --wrap=0 "$PKI/$name.crt")
      client-key-data: $(base64 --wrap=0 "$PKI/$name.key")
EOF
}

# The names under which the API is reached: from the node, from pods.
api_names() {
  local service=kubernetes.default.svc
  printf 'subjectAltName=IP:127.0.0.1,IP:%s,IP:%s,DNS:localhost' "$NODE_IP" "$API_SERVICE_IP"
  printf ',DNS:kubernetes,DNS:kubernetes.default,DNS:%s,DNS:%s.%s\n' "$service" "$service" "$DNS_DOMAIN"
}

new_credentials() {
  mkdir -p "$PKI"
  new_authority
  new_key service-accounts
  openssl pkey -in "$PKI/service-accounts.key" -pubout -out "$PKI/service-accounts.pub"
  new_certificate apiserver /CN=kube-apiserver 'extendedKeyUsage=serverAuth' "$(api_names)"
  new_certificate apiserver-kubelet /O=system:masters/CN=kube-apiserver-kubelet-client \
    'extendedKeyUsage=clientAuth'
  new_user admin /O=system:masters/CN=admin
  new_user controller-manager /CN=system:kube-controller-manager
  new_user scheduler /CN=system:kube-scheduler
  new_user proxy /CN=system:kube-proxy
  new_user dns /O=system:masters/CN=coredns
  new_user kubelet "/O=system:nodes/CN=system:node:$NODE"
}
