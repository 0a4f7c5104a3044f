"""The nodes: kubelets, images, and what runs in containers. Stands for kubelet, the container runtime and CNI addresses."""
