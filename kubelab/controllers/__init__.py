"""The reconcile loops: each watches kinds and moves what is towards what is asked.

Stands for kube-controller-manager and kube-scheduler.
"""
