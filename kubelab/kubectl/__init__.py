"""kubectl as text in, text out: `kubectl.Kubectl(cluster).run("get pods")` answers what kubectl 1.37 would print.

Stands for kubernetes/kubectl and its cli-runtime. A verb is one file in `verbs/`; its flags, and the flags that
Kubernetes has and kubelab has not, are data (`parser.Verb`), so that help, completion and refusals read the same table.
Nothing here keeps state: a command reads the cluster, changes it through the store, and returns text.
"""
