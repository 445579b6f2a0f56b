"""What Sphinx is told about the site; where things are, `examples.site.building` tells it."""

from pathlib import Path

from examples.site import AS_IT_IS
from examples.site.live import SCRIPTS, STYLE
from examples.site.spelling import LANGUAGE, WORDS, missing_tool
from viz.palette import LOOKS

project = "seegrad"
html_title = "seegrad"
html_short_title = "seegrad"
language = "en"
root_doc = "index"
exclude_patterns = [AS_IT_IS]
extensions = ["myst_parser", "examples.site.reference"]
if not missing_tool():
    extensions.append("sphinxcontrib.spelling")
myst_heading_anchors = 3
highlight_language = "none"

spelling_lang = LANGUAGE
spelling_word_list_filename = WORDS.name  # Beside the sources.
spelling_ignore_contributor_names = False
spelling_ignore_importable_modules = False  # They are others on another machine.
spelling_warning = True

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = []
if tags.has("live"):  # noqa: F821 - Sphinx gives it
    html_css_files.append(STYLE)
    html_js_files += SCRIPTS
html_copy_source = False
html_show_copyright = False
html_search_scorer = str(Path(__file__).with_name("static") / "scorer.js")
html_show_search_summary = False  # A page that was opened from disk may not read others.
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": LOOKS["result"].line,
        "color-brand-content": LOOKS["result"].line,
        "color-brand-visited": LOOKS["result"].line,
    },
    "dark_css_variables": {
        "color-brand-primary": LOOKS["result"].dark_line,
        "color-brand-content": LOOKS["result"].dark_line,
        "color-brand-visited": LOOKS["result"].dark_line,
    },
    "top_of_page_buttons": [],
}
