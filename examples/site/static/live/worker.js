// Python itself, in a worker: the page sends calls, and gets what is printed, and then the answer.

import { loadPyodide } from "./pyodide.mjs";
import { instance } from "./viz.js";

// Each call of a function in C, as of `__add__` by `+`, takes from the browser's stack, which ends with the worker. What
// calls itself without end is to reach Python's own limit first; Chromium bears 300.
const DEEPEST = 250;

const ready = start();

async function start() {
  const project = fetch("project.zip").then((response) => response.arrayBuffer());
  const [python, graphviz] = await Promise.all([loadPyodide(), instance()]);
  const decoder = new TextDecoder();
  const write = (bytes) => {
    postMessage({ printed: decoder.decode(bytes, { stream: true }) });
    return bytes.length;
  };
  python.setStdout({ write });
  python.setStderr({ write });
  python.registerJsModule("graphviz_of_page", { image: (dot, format) => graphviz.renderString(dot, { format }) });
  python.unpackArchive(await project, "zip", { extractDir: "/project" });
  python.runPython(`
    import os, sys
    sys.path.insert(0, "/project")
    sys.setrecursionlimit(${DEEPEST})
    os.mkdir("/files")
    os.chdir("/files")
  `);
  return python.pyimport("examples.site.in_page").answer;
}

addEventListener("message", async ({ data }) => {
  try {
    const answer = await ready;
    postMessage({ started: true });
    postMessage({ answer: JSON.parse(answer(JSON.stringify(data))) });
  } catch (error) {
    postMessage({ broken: String(error.message ?? error) });
  }
});
