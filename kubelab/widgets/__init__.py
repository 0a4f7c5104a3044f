"""Panels and magics: what a learner sees of the cluster in a notebook.

The only room (beside lab.py's lazy imports) that touches ipywidgets, IPython and matplotlib. `views` turns a cluster
into plain values, `pictures` and `tables` those into SVG and HTML, `figures` into matplotlib pictures; a panel is a
thin widget over them. Importing this package imports none of the three; it lends `Traffic.figure()` its pencil.
"""

from kubelab.network import traffic
from kubelab.widgets import here

traffic.DRAW[:] = [here.figure]
