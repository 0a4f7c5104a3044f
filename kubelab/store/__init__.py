"""The API server and its etcd: the only keeper of objects.

Everything that changes a cluster passes through here; controllers and kubelets meet only through what they read, write
and watch here. Stands for kube-apiserver (registry, admission) and etcd.
"""
