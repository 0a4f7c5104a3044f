"""What an object is: kinds, names, defaults, validation, selectors, patches, errors.

Pure functions on plain JSON-like dicts: no state, no clock. Stands for k8s.io/api, k8s.io/apimachinery and
pkg/apis of Kubernetes.
"""
