"""Explorers: pictures that are redrawn while you move their controls."""

from helpers.explorers.activations import explore_activation
from helpers.explorers.base import Explorer
from helpers.explorers.borders import explore_borders
from helpers.explorers.channels import explore_channels
from helpers.explorers.convolution import ConvolutionExplorer, explore
from helpers.explorers.digit import DigitExplorer, explore_digit, show_answers
from helpers.explorers.filters import explore_filters
from helpers.explorers.prediction import Prediction, predict
from helpers.explorers.presenting import present
from helpers.explorers.shift import explore_shift, show_shift
from helpers.explorers.sizes import explore_sizes, show_sizes
from helpers.explorers.stack import explore_stack
from helpers.explorers.strides import explore_strides, show_strides
from helpers.explorers.training import explore_training
from helpers.explorers.trial import explore_trial
from helpers.explorers.usage import explore_usage

__all__ = [
    "ConvolutionExplorer",
    "DigitExplorer",
    "Explorer",
    "Prediction",
    "explore",
    "explore_activation",
    "explore_borders",
    "explore_channels",
    "explore_digit",
    "explore_filters",
    "explore_shift",
    "explore_sizes",
    "explore_stack",
    "explore_strides",
    "explore_training",
    "explore_trial",
    "explore_usage",
    "predict",
    "present",
    "show_answers",
    "show_shift",
    "show_sizes",
    "show_strides",
]
