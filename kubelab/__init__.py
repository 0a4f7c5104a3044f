"""kubelab: Kubernetes Services, taught in notebooks on a small simulated cluster.

    import kubelab
    lab = kubelab.Lab(seed=1)
    lab.kubectl("get services")

In IPython, importing kubelab also brings the magics `%kubectl` and `%%kubectl`.
"""

import sys

from kubelab.lab import Lab, LabError, replay
from kubelab.version import __version__

__all__ = ["Lab", "LabError", "__version__", "load_ipython_extension", "replay"]


def load_ipython_extension(ipython: object) -> None:
    """Register `%kubectl`; IPython calls this on `%load_ext kubelab`."""
    from kubelab.widgets import magics

    magics.load(ipython)


if "IPython" in sys.modules and (_ipython := sys.modules["IPython"].get_ipython()) is not None:
    load_ipython_extension(_ipython)
