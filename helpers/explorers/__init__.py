"""Explorers: pictures that are redrawn while you move their controls."""

from helpers.explorers.activations import explore_activation
from helpers.explorers.base import Explorer
from helpers.explorers.channels import explore_channels
from helpers.explorers.convolution import ConvolutionExplorer, explore
from helpers.explorers.prediction import Prediction, predict
from helpers.explorers.stack import explore_stack

__all__ = [
    "ConvolutionExplorer",
    "Explorer",
    "Prediction",
    "explore",
    "explore_activation",
    "explore_channels",
    "explore_stack",
    "predict",
]
