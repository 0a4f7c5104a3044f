"""The one lock round everything that touches a cluster from a notebook.

Jupyter runs a slider's callback on one thread and a button's or a cell's on another. Whoever acts on a lab or redraws a
panel holds this lock meanwhile. It can be taken again by the thread that has it.
"""

import threading

LOCK = threading.RLock()
