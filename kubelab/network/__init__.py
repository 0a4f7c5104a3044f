"""The data plane: names, addresses, and the way of a packet.

Stands for kube-proxy, CoreDNS with NodeLocal DNSCache, and the network stacks of nodes and pods, with the programs in
pods that use them. It reads the store and the runtime; it writes neither (but for files in containers, and `kill 1`).
"""

from kubelab.network.network import Network
from kubelab.network.session import Result as ExecResult

__all__ = ["ExecResult", "Network"]
