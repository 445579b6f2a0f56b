"""A headless Chromium, to look at the pages that `viz` writes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_QUIET = (
    "headless=new",
    "no-sandbox",  # as root, as in a container, Chromium refuses to start without this
    "disable-gpu",
    "disable-dev-shm-usage",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "disable-quic",
    "no-first-run",
    "hide-scrollbars",
)


class NoBrowserError(RuntimeError):
    """There is no Chromium, no driver for it, or no Selenium."""


@contextmanager
def browser(width: int = 1280, height: int = 800, still: bool = False) -> Iterator[Any]:
    """Open a Selenium driver of a Chromium with a window of this size, in pixels.

    With ``still``, the pages are told that their reader prefers less motion. Raises NoBrowserError if Chromium, its
    driver or Selenium is not installed.
    """
    try:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
    except ImportError:
        raise NoBrowserError("opening a page needs Selenium: python -m pip install selenium") from None
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        raise NoBrowserError("opening a page needs Chromium: install it and its chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (*_QUIET, *(["force-prefers-reduced-motion"] if still else [])):
        options.add_argument(f"--{argument}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    try:
        resize(opened, width, height)
        yield opened
    finally:
        opened.quit()


def resize(driver: Any, width: int, height: int, mobile: bool = False) -> None:
    """Give the page exactly this size in pixels, smaller than any window if need be; ``mobile`` as on a telephone."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def prefer(driver: Any, scheme: str) -> None:
    """Tell the page that its reader prefers the ``"light"`` or the ``"dark"`` colour scheme."""
    feature = {"name": "prefers-color-scheme", "value": scheme}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
