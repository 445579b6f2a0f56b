"use strict";

// What a graph is drawn with: boxes for nodes and for closed parts, and frames around open parts.
// Boxes are drawn at the origin and moved to their place.

const LINE = 17;
const INDENT = 9;
const MARGIN = 9;
const BAR = 3;
const WIDEST_NUMBER = "grad -0.012345";

function drawnNode({ role, lines, width, height }) {
  const texts = lines.map((line, index) => boxText(index, line, index ? "expression" : "name"));
  const data = boxText(lines.length, "", "data");
  const gradient = boxText(lines.length + 1, "", "gradient");
  const wrong = drawn("text", { x: width / 2, y: height + 13, class: "should" });
  const shapes = outlines(role, width, height);
  const group = drawn("g", { class: `node ${role}` }, ...shapes, ...texts, data, gradient, wrong);
  return { group, texts, data, gradient, wrong, width, room: width - 2 * INDENT };
}

// A closed part: a button that opens it, with its name, how much is in it, what it gives, and how much of it is done.
function drawnClosed({ name, note, inside, width, height }) {
  const title = titled(boxText(0, name, "name"), note);
  const data = boxText(2, "", "data");
  const gradient = boxText(3, "", "gradient");
  const done = drawn("rect", { x: INDENT, y: height - BAR - 2, width: 0, height: BAR, class: "done" });
  const group = drawn("g", { class: "closed", role: "button", tabindex: 0, "aria-label": `Open ${name}: ${inside}` },
    drawn("rect", { x: 5, y: -5, width, height, rx: 9, class: "box behind" }),
    drawn("rect", { width, height, rx: 9, class: "box" }), done,
    title, boxText(1, inside, "inside"), data, gradient, sign(width, "+"));
  return { group, texts: [title], data, gradient, done, room: width - 2 * INDENT };
}

// The frame of an open part: its title closes it.
function drawnFrame({ name, note }, { x, y, width, height }) {
  const title = titled(drawn("text", { x: x + MARGIN, y: y + 18, class: "part-name" }, name), note);
  const button = drawn("g", { class: "close", role: "button", tabindex: 0, "aria-label": `Close ${name}` },
    drawn("rect", { x, y, width, height: 25, class: "grip" }), title, sign(width, "−", x, y - 2));
  const group = drawn("g", { class: "frame" }, drawn("rect", { x, y, width, height, rx: 12 }), button);
  return { group, button, texts: [title], room: width - 2 * MARGIN - 16 };
}

function titled(title, note) {
  if (note) title.append(drawn("tspan", { class: "faint", dx: 6 }, note));
  return title;
}

function sign(width, text, x = 0, y = 0) {
  return drawn("text", { x: x + width - 9, y: y + 21, class: "sign", "aria-hidden": "true" }, text);
}

function boxText(line, text, kind) {
  return drawn("text", { x: INDENT, y: 20 + line * LINE, class: kind }, text);
}

// A role has a shape of its own, for those who do not see colours.
function outlines(role, width, height) {
  const corner = { input: 0, parameter: 0, operation: 9, result: 9 }[role];
  const box = drawn("rect", { width, height, rx: corner, class: "box" });
  if (role === "parameter") return [drawn("path", { d: `M0,0 v-7 h${width / 3} l7,7`, class: "box" }), box];
  if (role === "result") {
    const around = { x: -4, y: -4, width: width + 8, height: height + 8, rx: corner + 4 };
    return [drawn("rect", { ...around, class: "box outer" }), box];
  }
  return [box];
}

// A text in the room that it has: a font may be wider than the layout assumed.
function squeeze(text, room) {
  text.removeAttribute("textLength");
  if (text.getComputedTextLength() > room) filled(text, { textLength: room, lengthAdjust: "spacingAndGlyphs" }, []);
}

// A number in its room. Only long ones are measured: that takes the browser some time.
function setNumber(target, text, room) {
  if (target.textContent === text) return;
  setText(target, text);
  if (text.length > WIDEST_NUMBER.length || target.hasAttribute("textLength")) squeeze(target, room);
}

// In the font of this browser, numbers may be wider than the layout assumed: then all of them are smaller.
function fitNumbers(picture, { nodes }) {
  const sample = boxText(0, WIDEST_NUMBER, "gradient");
  picture.append(sample);
  const room = Math.min(...nodes.map(({ width }) => width)) - 2 * INDENT;
  const share = room / sample.getComputedTextLength();
  if (share < 1) picture.style.setProperty("--number-size", `${14 * share}px`);
  sample.remove();
}

// --- What they do ---

function setAway(item, isAway) {
  if (item.isAway === isAway) return;
  item.isAway = isAway;
  item.group.toggleAttribute("data-away", isAway);
}

// A leaf whose number follows the pointer, from side to side.
function letDrag(group, width, moves) {
  group.classList.add("draggable");
  const arrows = `M${width - 18},11 h12 m-3,-3 l3,3 l-3,3 m-6,0 l-3,-3 l3,-3`;
  group.append(drawn("path", { class: "handle", d: arrows }));
  onSideways(group, moves);
}

// A click, and the keys that press a button.
function onPress(target, act) {
  target.addEventListener("click", act);
  target.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
}
