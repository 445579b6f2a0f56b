"""Flowcharts as Mermaid draws them: its own build parses and renders them in a browser."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest


@cache
def mermaid_build():
    """The file that npm's package ``mermaid`` brings for browsers."""
    npm = shutil.which("npm")
    if npm:
        root = subprocess.run([npm, "root", "--global"], capture_output=True, text=True, check=True).stdout.strip()
        build = Path(root, "mermaid", "dist", "mermaid.min.js")
        if build.exists():
            return build
    pytest.skip("Mermaid is not installed: npm install --global mermaid")


class Flowcharts:
    """A page in which flowcharts are drawn, one at a time, as GitHub has them: nothing in them is HTML or script."""

    def __init__(self, driver, folder):
        page = folder / "mermaid.html"
        build = mermaid_build().as_uri()
        page.write_text(f'<!DOCTYPE html><meta charset="utf-8"><script src="{build}"></script><main></main>')
        driver.set_script_timeout(300)
        driver.get(page.as_uri())
        driver.execute_script("mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' })")
        self._driver = driver

    def draw(self, text):
        """What the picture shows: texts of nodes by id, and of edges and frames; fills by id, and strokes of edges; the
        elements in texts.

        Invisible characters are left out, and white space is one space.
        """
        return self._driver.execute_async_script(DRAW, text)


DRAW = """
const [text, done] = arguments;

function said(element) {
  return element.innerText.replaceAll("\\u2060", "").replace(/\\s+/g, " ").trim();
}

async function draw() {
  await mermaid.parse(text);
  const main = document.querySelector("main");
  main.innerHTML = (await mermaid.render("chart", text)).svg;
  const all = (selector) => [...main.querySelectorAll(selector)];
  const nodes = all(".node").map((node) => [node.id.split("-").at(-2), node]);
  return {
    nodes: Object.fromEntries(nodes.map(([id, node]) => [id, said(node.querySelector(".nodeLabel"))])),
    fills: Object.fromEntries(nodes.map(([id, node]) => [id,
      getComputedStyle(node.querySelector("rect, path, polygon")).fill])),
    edges: all(".edgeLabel .edgeLabel").map(said).filter((words) => words),
    lines: all(".edgePaths path").map((line) => getComputedStyle(line).stroke),
    frames: all(".cluster-label .nodeLabel").map(said),
    title: all(".flowchartTitleText").map((title) => title.textContent).join(),
    elements: [...new Set(all("foreignObject *").map((element) => element.tagName.toLowerCase()))].sort(),
  };
}

draw().then(done, (error) => done({ error: String(error) }));
"""
