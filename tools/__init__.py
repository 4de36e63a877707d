"""What maintainers run: the checks, the refresh of the notebooks, the rules for them."""
