"""The version of kubelab, and of the Kubernetes that it plays."""

__version__ = "0.1.0"

KUBERNETES = "v1.36.2"
KUBECTL = "v1.37.1"
KUSTOMIZE = "v5.8.1"
