"""The nodes: kubelets, images, pod addresses, and what runs in containers.

Stands for the kubelet, the container runtime and the CNI plugin of each node. It meets the rest of the cluster only
through the store; the network room reads from `runtime` what listens where.
"""
