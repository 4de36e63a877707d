"""Helpers for the notebooks: the operation, the samples, the pictures, the explorers."""
