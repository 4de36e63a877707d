"""How Sphinx makes the book; `tools/site.py` lays out what it reads."""

project = "Convolution, one window at a time"
extensions = ["myst_nb", "sphinx.ext.mathjax"]
exclude_patterns = ["README.md", "data", "docs", "_static"]
nb_execution_mode = "off"  # the notebooks are stored as they were run
nb_ipywidgets_js = {}  # explorers are recordings here
myst_heading_anchors = 3
mathjax_path = "mathjax.js"
html_theme = "sphinx_book_theme"
html_title = project
html_favicon = "_static/icon.svg"
html_context = {"default_mode": "auto"}  # dark where the reader's system is dark
html_static_path = ["_static"]
html_css_files = ["recording.css", "book.css"]
html_js_files = [("recording.js", {"async": "async"})]
html_show_sphinx = html_show_copyright = html_copy_source = html_use_index = False
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_toc_level": 2,
    **{f"navbar_{part}": [] for part in ("start", "center", "end", "persistent")},
    "footer_content_items": [],
}
