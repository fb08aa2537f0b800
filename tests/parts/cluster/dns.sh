# CoreDNS as a process on the node's address, not as a pod: no image is needed
# and it is there before the first pod. To be sourced.
# shellcheck shell=bash

dns_configuration() {
  cat <<EOF
$DNS_DOMAIN in-addr.arpa {
    bind $NODE_IP
    errors
    ready 127.0.0.1:8181
    kubernetes $DNS_DOMAIN in-addr.arpa {
        kubeconfig $STATE/dns.kubeconfig $CONTEXT
        ttl 1
    }
}
. {
    bind $NODE_IP
    template ANY ANY {
        rcode NXDOMAIN
    }
}
EOF
}

start_dns() {
  dns_configuration >"$STATE/Corefile"
  start_daemon dns "$TOOLS/bin/coredns" -conf "$STATE/Corefile"
}

dns_ready() {
  curl -fsS http://127.0.0.1:8181/ready
}
