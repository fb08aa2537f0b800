# What the cluster holds from the start: where its registry is, and volumes.
# To be sourced.
# shellcheck shell=bash

# Tools find the registry of a local cluster here (KEP-1755).
registry_hosting() {
  cat <<EOF
apiVersion: v1
kind: ConfigMap
metadata: {name: local-registry-hosting, namespace: kube-public}
data:
  localRegistryHosting.v1: |
    host: "$REGISTRY"
EOF
}

# A claim is bound when its first pod is scheduled; nothing makes volumes, they
# are there.
storage_class() {
  cat <<EOF
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: local
  annotations: {storageclass.kubernetes.io/is-default-class: "true"}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
EOF
}

# volume NAME: a folder on the node. `fsGroup` works on it, and its mode lets a
# user write who sets none.
volume() {
  mkdir -p "$STATE/volumes/$1"
  chmod 0777 "$STATE/volumes/$1"
  cat <<EOF
apiVersion: v1
kind: PersistentVolume
metadata: {name: $1}
spec:
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce, ReadWriteMany]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: local
  local: {path: $STATE/volumes/$1}
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [$NODE]}]
EOF
}

initial_objects() {
  local number
  registry_hosting
  printf -- '---\n'
  storage_class
  for ((number = 1; number <= VOLUMES; number++)); do
    printf -- '---\n'
    volume "$(printf 'volume-%02d' "$number")"
  done
}

create_objects() {
  initial_objects >"$STATE/objects.yaml"
  wait_until apiserver 20 kubectl get namespace kube-public
  kubectl create --filename "$STATE/objects.yaml" >/dev/null
}
