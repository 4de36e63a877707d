"""Runs when a kernel starts, in the reader's own namespace: so it leaves no name behind."""

# Matplotlib tells a new machine, and each new browser, that it looks for fonts. In a notebook that
# stands on red, as if something had gone wrong.
__import__("logging").getLogger("matplotlib.font_manager").addFilter(
    lambda record: "building the font cache" not in record.getMessage()
)
