"""All panels under one name: what `kubelab` and the notebooks import."""

from kubelab.widgets.board import Board
from kubelab.widgets.controls import ControlsPanel
from kubelab.widgets.distribution import AffinityPanel, DistributionPanel
from kubelab.widgets.endpoints import EndpointsPanel
from kubelab.widgets.replicas import ReplicasPanel
from kubelab.widgets.request import OneRequestPanel
from kubelab.widgets.timeline import TimelinePanel

__all__ = [
    "AffinityPanel",
    "Board",
    "ControlsPanel",
    "DistributionPanel",
    "EndpointsPanel",
    "OneRequestPanel",
    "ReplicasPanel",
    "TimelinePanel",
]
