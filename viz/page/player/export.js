"use strict";

// This step as a picture of its own, for a slide or a paper: the whole graph as it is shown, however it is zoomed, in
// light colours and with its sentence below it. The style is in its elements: it needs no style sheet.

const EDGE = 24;
const FONT = "Arial, Helvetica, sans-serif";
const LEAST_ROOM = 480;
const MOST_PIXELS = 8000;
const ARROW = { orient: "auto", markerWidth: 10, markerHeight: 8, refX: 9, refY: 4, markerUnits: "userSpaceOnUse" };
const PLACES = ["d", "x", "y", "dx", "width", "height", "rx", "transform", "textLength", "lengthAdjust"];
const ONLY_TO_USE = ".handle, .sign, .grip";
const STYLE = ["fill", "stroke", "stroke-width", "opacity"];
const SHAPE_STYLE = [...STYLE, "stroke-dasharray"];
const TEXT_STYLE = [...STYLE, "font-size", "font-weight", "text-anchor", "paint-order"];
const USUAL = {
  stroke: "none", "stroke-width": "1px", "stroke-dasharray": "none", "paint-order": "normal",
  "font-weight": "400", "text-anchor": "start", opacity: "1",
};

// The button that opens a small menu, and what its two buttons save.
class SaveMenu {
  // step  what gives the { name, caption } of the step that is shown
  constructor(container, graph, step) {
    Object.assign(this, { graph, step });
    this.menu = element("div", { id: "save-menu", hidden: "" }, ...["SVG", "PNG"].map((form) => {
      const choice = element("button", { type: "button" }, `This step as ${form}`);
      choice.addEventListener("click", () => this.save(form.toLowerCase()));
      return choice;
    }));
    const says = { type: "button", title: "Key S", "aria-expanded": "false", "aria-controls": "save-menu" };
    this.button = element("button", says, "Save");
    this.shown = element("div", { id: "save-shown", role: "status" });
    this.menu.append(this.shown);
    container.append(this.button, this.menu);
    this.button.addEventListener("click", () => this.toggle());
    container.addEventListener("keydown", (event) => this.leave(event, event.key === "Escape"));
    document.addEventListener("pointerdown", (event) => this.leave(event, !container.contains(event.target)));
  }

  get isOpen() {
    return !this.menu.hidden;
  }

  // Open, the keys are in the menu; closed, they are where it was opened.
  toggle() {
    this.menu.hidden = this.isOpen;
    this.shown.replaceChildren();
    this.button.setAttribute("aria-expanded", String(this.isOpen));
    if (this.isOpen) this.menu.querySelector("button").focus();
    else this.button.focus();
  }

  leave(event, isLeft) {
    if (!isLeft || !this.isOpen) return;
    event.stopPropagation();
    this.toggle();
  }

  async save(form) {
    const { name, caption } = this.step();
    const picture = stepPicture(this.graph, caption);
    const drawing = new Blob([picture.text], { type: "image/svg+xml" });
    const file = form === "svg" ? drawing : await bitmap(drawing, picture);
    if (window.parent === window) download(file, `${fileName(name)}.${form}`);
    else this.show(await dataAddress(file), caption);
  }

  // The frame of a notebook may not save files.
  show(address, caption) {
    const words = "This frame may not save files. Press the right button on the picture to save or to copy it.";
    this.shown.replaceChildren(element("p", {}, words), element("img", { src: address, alt: caption }));
  }
}

// --- The picture as SVG ---

// { text, width, height }
function stepPicture(graph, caption) {
  graph.settle();
  document.documentElement.classList.add("exporting");
  try {
    return pictureOf(graph, caption);
  } finally {
    document.documentElement.classList.remove("exporting");
  }
}

function pictureOf(graph, caption) {
  const copy = new StyledCopy();
  const box = graph.picture.getBBox();
  const shown = filled(copy.of(graph.picture), { transform: `translate(${EDGE - box.x} ${EDGE - box.y})` }, []);
  const room = Math.max(box.width, LEAST_ROOM);
  // A wide picture is shrunk to the width of a page: its sentence stays readable.
  const size = Math.round(Math.min(Math.max(room / 45, 16), 40));
  const top = box.height + 2 * EDGE + size;
  const fill = copy.color(getComputedStyle(document.body).color);
  const lines = copy.wrapped(caption, size, room).map((line, index) =>
    drawn("text", { x: EDGE, y: top + 1.35 * index * size, "font-size": size, fill }, line),
  );
  const width = Math.ceil(room + 2 * EDGE);
  const height = Math.ceil(top + 1.35 * (lines.length - 1) * size + EDGE);
  const about = { width, height, viewBox: `0 0 ${width} ${height}`, "font-family": FONT };
  const paper = drawn("rect", { width, height, fill: "#ffffff" });
  const svg = drawn("svg", about, drawn("title", {}, caption), ...copy.arrows.values(), paper, shown, ...lines);
  return { text: new XMLSerializer().serializeToString(svg), width, height };
}

// Copies elements with the style that they have here, in attributes that every viewer knows.
class StyledCopy {
  constructor() {
    this.pen = element("canvas", { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
    this.colors = new Map([["none", "none"]]);
    this.arrows = new Map();
  }

  // Nothing for what is not to be seen, or only there to be used.
  of(source) {
    if (source.nodeType === Node.TEXT_NODE) return source.cloneNode();
    const style = getComputedStyle(source);
    const isSeen = style.display !== "none" && style.visibility !== "hidden" && style.opacity !== "0";
    if (!isSeen || source.matches(ONLY_TO_USE)) return "";
    const children = [...source.childNodes].map((child) => this.of(child));
    const copy = drawn(source.localName, { ...placesOf(source), ...this.styleOf(source, style) }, ...children);
    if (source.localName !== "text" || style.stroke === "none") return copy;
    // What keeps a text apart from a line behind it: few viewers know the order in which a stroke is painted.
    const { x, y, width, height } = source.getBBox();
    return drawn("g", {}, drawn("rect", { x, y, width, height, fill: this.color(style.stroke) }), copy);
  }

  styleOf({ localName, attributes }, style) {
    if (localName === "g") return style.opacity === "1" ? {} : { opacity: style.opacity };
    const names = localName === "text" || localName === "tspan" ? TEXT_STYLE : SHAPE_STYLE;
    const pairs = names.map((name) => [name, style.getPropertyValue(name)]);
    const found = Object.fromEntries(pairs.filter(([name, value]) => value !== USUAL[name]));
    for (const name of ["fill", "stroke"]) if (name in found) found[name] = this.color(found[name]);
    for (const name of ["font-size", "stroke-width"]) if (name in found) found[name] = Number.parseFloat(found[name]);
    if ("marker-end" in attributes) found["marker-end"] = `url(#${this.arrow(found.stroke)})`;
    return found;
  }

  // Six digits: what a style computes to may be written in ways that only browsers read.
  color(text) {
    if (!this.colors.has(text)) {
      this.pen.clearRect(0, 0, 1, 1);
      this.pen.fillStyle = text;
      this.pen.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = this.pen.getImageData(0, 0, 1, 1).data;
      const digits = [red, green, blue].map((channel) => channel.toString(16).padStart(2, "0"));
      this.colors.set(text, alpha === 0 ? "none" : `#${digits.join("")}`);
    }
    return this.colors.get(text);
  }

  // The id of the tip of an arrow in a colour.
  arrow(color) {
    const id = `arrow-${color.slice(1)}`;
    this.arrows.set(id, drawn("marker", { id, ...ARROW }, drawn("path", { d: "M0,0 L10,4 L0,8 z", fill: color })));
    return id;
  }

  // A text in lines that are short enough, unless a single word is not.
  wrapped(text, size, room) {
    this.pen.font = `${size}px ${FONT}`;
    const fits = (line) => this.pen.measureText(line).width <= room;
    return text.split(" ").reduce(([...lines], word) => {
      const longer = `${lines.at(-1) ?? ""} ${word}`;
      if (lines.length && fits(longer)) return [...lines.slice(0, -1), longer];
      return [...lines, word];
    }, []);
  }
}

function placesOf(source) {
  const found = PLACES.filter((name) => source.hasAttribute(name));
  return Object.fromEntries(found.map((name) => [name, source.getAttribute(name)]));
}

// --- Files ---

// A PNG of twice the size of the drawing, unless that is too large for a browser.
async function bitmap(drawing, { width, height }) {
  const image = new Image();
  image.src = await dataAddress(drawing);
  await image.decode();
  const scale = Math.min(2, MOST_PIXELS / Math.max(width, height));
  const canvas = element("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve));
}

// The page may show what is in its own text, and nothing else.
function dataAddress(file) {
  const reader = new FileReader();
  reader.readAsDataURL(file);
  return new Promise((resolve) => reader.addEventListener("load", () => resolve(reader.result)));
}

function download(file, name) {
  const address = URL.createObjectURL(file);
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

// A name that every system takes for a file.
function fileName(name) {
  return name.replace(/[^\p{L}\p{N}_]+/gu, "-").replace(/^-+|-+$/g, "");
}
