"""The columns of each kind and how a row of it is made: one file per family, gathered by `kubelab.printers.tables`."""
