"""The site: course, exercises, gallery, live pages, reference and compiler explorer, as static pages.

    python -m examples.site                  into site-output; open site-output/index.html
    python -m examples.site --output DIR     into another directory
    python -m examples.site --live           with Python in the pages

Every page maker, such as `examples.site.course`, has a function ``write(folder)`` that writes Markdown for Sphinx, in
MyST's dialect, into a folder of sources. What stands below ``folder / AS_IT_IS`` goes to the site unchanged, at the
same place: pictures, live pages.
"""

AS_IT_IS = "as_it_is"
"""The folder of what Sphinx only copies."""
