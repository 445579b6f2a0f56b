"use strict";

// Python as a page uses it: in a worker, so that the page stays alive, and what never ends can be stopped.

const LIVE = new URL(".", document.currentScript.src);
const FROM_DISK = location.protocol === "file:";

/** How to have the pages from a server, for a browser starts no worker in a page from disk. */
function howToServe() {
  const folder = decodeURIComponent(new URL("../..", LIVE).pathname).replace(/^\/(?=\w:)/, "").replace(/\/$/, "");
  return `Python runs in pages that come from a server, and this one comes from disk. In a terminal: ` +
    `\`python -m http.server -d ${/\s/.test(folder) ? `"${folder}"` : folder}\`, then open http://localhost:8000 instead.`;
}

/** What a call ends with that was stopped. */
class Stopped extends Error {}

class Python {
  #worker = null;
  #call = null;

  /** `tell` gets a sentence whenever there is something to wait for, and an empty text when there is not. */
  constructor(tell) {
    this.tell = tell;
  }

  /** The answer to one call; `print` gets what is printed meanwhile. One call at a time. */
  ask(message, print = () => {}) {
    this.tell(this.#worker ? "Python is at work …" : "Starting Python: the browser loads 15 MB, once …");
    this.#worker ??= this.#started();
    const answer = new Promise((resolve, reject) => {
      this.#call = { resolve, reject, print };
    });
    this.#worker.postMessage(message);
    return answer.finally(() => this.tell(""));
  }

  /** End what runs, and forget all that was made. */
  stop(reason = "stopped") {
    this.#worker?.terminate();
    this.#worker = null;
    this.#call?.reject(new Stopped(reason));
    this.#call = null;
  }

  #started() {
    const worker = new Worker(new URL("worker.js", LIVE), { type: "module" });
    worker.addEventListener("error", () => this.stop("Python could not be loaded: is the server still running?"));
    worker.addEventListener("message", ({ data }) => {
      if (data.started) this.tell("Python is at work …");
      else if ("printed" in data) this.#call?.print(data.printed);
      else if ("answer" in data) this.#call?.resolve(data.answer);
      else this.stop(broken(data.broken));
    });
    return worker;
  }
}

/** Why Python itself has ended. */
function broken(message) {
  if (/call stack|recursion/i.test(message)) return "Something calls itself without end, and Python has ended.";
  return `Python has ended: ${message}`;
}

// --- Elements ---

/** An element with these properties and children. */
function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Text with code between backticks. */
function marked(text) {
  return text.split(/`([^`]+)`/).map((part, place) => (place % 2 ? element("code", {}, part) : part));
}

/** A button that does something. */
function button(text, act, className = "") {
  const made = element("button", { type: "button", textContent: text, className: `live-button ${className}` });
  made.addEventListener("click", act);
  return made;
}

/** A button that asks once more before it does something. */
function carefulButton(text, question, act) {
  const made = button(text, () => {
    const sure = made.textContent === question;
    made.textContent = sure ? text : question;
    if (sure) act();
  });
  made.addEventListener("blur", () => {
    made.textContent = text;
  });
  return made;
}

/** A picture or a page that Python has written, as the site shows its own. */
function written(name, text) {
  const isPage = name.endsWith(".html");
  const type = isPage ? "text/html" : name.endsWith(".svg") ? "image/svg+xml" : "text/plain";
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = element("a", { href: address, target: "_blank", textContent: isPage ? "Open this page alone" : name });
  if (isPage) {
    const frame = element("iframe", { src: address, title: name });
    const caption = element("figcaption", {}, link, ", where it has more room.");
    return element("figure", { className: "live-page" }, frame, caption);
  }
  if (type === "text/plain") return element("p", {}, link);
  link.replaceChildren(element("img", { src: address, alt: name }));
  const isOnPaper = !text.includes("@media (prefers-color-scheme: dark)");
  return element("figure", { className: `picture${isOnPaper ? " on-paper" : ""}` }, link);
}
