"""Simulated time and chance. Knows nothing of Kubernetes; every other room may look at it."""
