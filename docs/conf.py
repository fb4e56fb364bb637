"""How Sphinx makes the site. docs/build.sh runs it, behind Doxygen."""

from __future__ import annotations

import os
import sys
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
sys.path[:0] = [str(DOCS / "extensions"), str(ROOT / "bindings" / "python")]

project = "millicast-tokens"
author = "the millicast-tokens authors"
project_copyright = author
release = os.environ["VERSION"]

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "headers",
    "manual",
    "prose",
]
exclude_patterns = ["extensions", "requirements.txt"]
source_suffix = {".md": "markdown"}

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

# The header's own tags, which `docs/extensions/headers.py` links to.
headers_tags = str(ROOT / os.environ["OUT"] / "tags.xml")
manual_pages = [str(ROOT / "packaging" / "man"), str(ROOT / "bindings" / "python" / "man")]

default_role = "code"
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {
    "members": True,
    "undoc-members": False,
    "inherited-members": "Exception,int,tuple,Protocol",
}
autodoc_preserve_defaults = True
napoleon_use_ivar = True
python_maximum_signature_line_length = 90

html_theme = "furo"
html_title = f"millicast-tokens {release}"
html_static_path = ["_static"]
html_extra_path = ["_extra"]  # What browsers ask every server for.
html_favicon = "_static/icon.svg"
html_css_files = ["site.css"]
html_copy_source = False
html_show_search_summary = False  # It would be fetched, which no browser does from files.
html_use_index = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#1d4f91",
        "color-brand-content": "#1d4f91",
    },
    "dark_css_variables": {
        "color-brand-primary": "#8fb8f0",
        "color-brand-content": "#8fb8f0",
    },
}
