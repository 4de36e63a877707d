"""Explorers: pictures that are redrawn while you move their controls."""

from helpers.explorers.base import Explorer
from helpers.explorers.convolution import ConvolutionExplorer, explore
from helpers.explorers.prediction import Prediction, predict

__all__ = ["ConvolutionExplorer", "Explorer", "Prediction", "explore", "predict"]
