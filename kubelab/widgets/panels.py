"""All panels under one name: what `kubelab` and the notebooks import."""

from kubelab.widgets.distribution import AffinityPanel, DistributionPanel
from kubelab.widgets.endpoints import EndpointsPanel
from kubelab.widgets.replicas import ReplicasPanel
from kubelab.widgets.timeline import TimelinePanel

__all__ = ["AffinityPanel", "DistributionPanel", "EndpointsPanel", "ReplicasPanel", "TimelinePanel"]
