"""Pod addresses: a block of 254 for each node, given out one after the other.

Stands for the CNI plugin's address management. As host-local does, the next free address after the last one given out
is taken, so that an address does not come back at once. The workers of the class have the blocks that they had there;
others get one of their own when the first pod needs it.
"""

from typing import Any

CLASS = {"kube-node1": "10.233.101", "kube-node2": "10.233.103", "kube-node3": "10.233.76"}
FIRST, LAST = 2, 254

Blocks = dict[str, dict[str, Any]]
"""Node name -> {"block": first three numbers, "last": the last one given out}. Part of the runtime's state."""


def take(blocks: Blocks, node: str, used: list[str]) -> str:
    """An address for a new pod on the node, "" if its block is used up."""
    state = blocks.setdefault(node, {"block": _block(blocks, node), "last": FIRST - 1})
    size = LAST - FIRST + 1
    for step in range(1, size + 1):
        number = FIRST + (state["last"] - FIRST + step) % size
        address = f"{state['block']}.{number}"
        if address not in used:
            state["last"] = number
            return address
    return ""


def _block(blocks: Blocks, node: str) -> str:
    if node in CLASS:
        return CLASS[node]
    taken = [*CLASS.values(), *(state["block"] for state in blocks.values())]
    free = (f"10.233.{number}" for number in range(64, 128) if f"10.233.{number}" not in taken)
    return next(free, "10.233.127")
