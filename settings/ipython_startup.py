"""Runs when a kernel of the web site starts, in the reader's namespace; leaves no name behind."""

# In each new browser Matplotlib says that it looks for fonts. In a notebook that is printed in red,
# as if something had gone wrong.
__import__("logging").getLogger("matplotlib.font_manager").addFilter(
    lambda record: "building the font cache" not in record.getMessage()
)
