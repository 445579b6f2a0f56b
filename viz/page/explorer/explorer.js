"use strict";

// The page: which line is chosen, which stages are open, and how a reader changes that.

const content = JSON.parse(byId("content").textContent);
const { stages } = content;
const texts = stages.flatMap((stage) => stage.texts.map((text) => content.texts[text]));
const links = new Links(stages, texts);
const story = new Story(stages, links);

// On a narrow screen there is one of these at a time; on a wide one, formula and picture are always in sight.
const narrow = matchMedia("(max-width: 50rem)");
const SIGHTS = ["formula", "picture", ...stages.map(({ name }) => name)];
const stageOf = (sight) => SIGHTS.indexOf(sight) - 2;
const usual = ["instructions", "python", "llvm", "assembly"].filter((name) => SIGHTS.includes(name));

let chosen = null;
let lit = new Map();
let opened = new Set(usual);
let current = "picture";

const panes = stages.map(({ name }, stage) =>
  new Pane(stage, stages[stage], links, { choose, close: () => press(name) }));
const pictures = new Pictures(content, links, choose);
const rail = new Rail(byId("rail"), content, links, press);
byId("strip").append(...panes.map(({ section }) => section));

// --- What is chosen ---

// Choose a line; the one that is chosen already is let go.
function choose(line) {
  chosen = line === chosen ? null : line;
  lit = chosen === null ? new Map() : links.lit(chosen);
  show();
}

function show() {
  for (const pane of shownPanes()) pane.show(lit);
  rail.show(lit, isShown);
  pictures.show(lit);
  showFormulas();
  const told = () => [element("code", {}, texts[chosen].trim()), " ", story.told(chosen, lit)];
  byId("story").replaceChildren(...(chosen === null ? [] : told()));
  byId("hint").hidden = chosen !== null;
  byId("clear").hidden = chosen === null;
  writeAddress();
}

function showFormulas() {
  for (const part of byId("formulas").querySelectorAll("[data-node]")) {
    const how = lit.get(Number(part.dataset.node));
    if (how) part.dataset.lit = how;
    else delete part.dataset.lit;
  }
  const [first] = byId("formulas").querySelectorAll("[data-lit]");
  bring(byId("formula"), first ? [first] : []);
}

// --- What is in sight ---

function isShown(sight) {
  return narrow.matches ? sight === current : opened.has(sight) || stageOf(sight) < 0;
}

function shownPanes() {
  return panes.filter(({ section }) => !section.hidden);
}

function arrange() {
  for (const sight of ["formula", "picture"]) byId(sight).hidden = !isShown(sight);
  panes.forEach((pane, stage) => {
    pane.section.hidden = !isShown(stages[stage].name);
    if (!pane.section.hidden) pane.build();
  });
  byId("top").hidden = narrow.matches && stageOf(current) >= 0;
  byId("strip").hidden = !shownPanes().length;
  if (narrow.matches) rail.reveal(current);
  show();
}

// What the button of a stage does: it opens and closes the stage or, where there is room for one only, goes there.
function press(sight) {
  if (narrow.matches) return go(sight);
  if (!opened.delete(sight)) opened.add(sight);
  arrange();
  if (opened.has(sight)) reveal(sight);
}

function go(sight) {
  current = sight;
  arrange();
}

function reveal(sight) {
  panes[stageOf(sight)].section.scrollIntoView({ inline: "nearest", block: "nearest" });
}

// The stage beside another.
function step(by) {
  const at = SIGHTS.indexOf(current) + by;
  if (at in SIGHTS) go(SIGHTS[at]);
}

// --- The keyboard ---

// The stage in which the keyboard is, or else that of the chosen line, among those that are shown; or else the first.
function keyPane() {
  const shown = shownPanes();
  const has = (isSo) => shown.find(isSo);
  return has(({ section }) => section.contains(document.activeElement))
    ?? has(({ stage }) => stage === links.stageOf[chosen]) ?? shown[0];
}

function focus(pane) {
  pane?.list.focus({ preventScroll: true });
  pane?.section.scrollIntoView({ inline: "nearest", block: "nearest" });
}

function focusBeside(by) {
  if (narrow.matches) step(by);
  const shown = shownPanes();
  focus(narrow.matches ? shown[0] : shown[shown.indexOf(keyPane()) + by]);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const move = () => {
    const pane = keyPane();
    focus(pane);
    pane?.move(event.key);
  };
  const actions = {
    ArrowUp: move, ArrowDown: move, Home: move, End: move,
    ArrowLeft: () => focusBeside(-1),
    ArrowRight: () => focusBeside(1),
    Escape: () => chosen !== null && choose(chosen),
  };
  if (!(event.key in actions)) return;
  event.preventDefault();
  actions[event.key]();
}

// --- The address: #line=python:4&open=instructions,python&at=python ---

function writeAddress() {
  const parts = [];
  if (chosen !== null) parts.push(`line=${stages[links.stageOf[chosen]].name}:${links.place(chosen)}`);
  const names = SIGHTS.filter((name) => opened.has(name));
  if (names.join() !== usual.join()) parts.push(`open=${names.join()}`);
  if (narrow.matches) parts.push(`at=${current}`);
  try {
    history.replaceState(null, "", `#${parts.map(encodeURI).join("&")}`);
  } catch {
    // In a frame of a notebook the address is not the page's own.
  }
}

// What an address does not say, or says wrongly, is as at the beginning.
function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const [name, place] = (given.get("line") ?? "").split(":");
  chosen = links.lines[stageOf(name)]?.[place - 1] ?? null;
  lit = chosen === null ? new Map() : links.lit(chosen);
  const open = given.get("open");
  const names = (open ?? "").split(",").filter((sight) => stageOf(sight) >= 0);
  opened = new Set(names.length || open === "" ? names : usual);
  current = SIGHTS.includes(given.get("at")) ? given.get("at") : "picture";
  arrange();
}

byId("title").textContent = content.title;
byId("clear").addEventListener("click", () => choose(chosen));
byId("back").addEventListener("click", () => step(-1));
byId("forth").addEventListener("click", () => step(1));
byId("formulas").addEventListener("click", ({ target }) => {
  const part = target.closest("[data-node]");
  if (part) choose(Number(part.dataset.node));
});
narrow.addEventListener("change", arrange);
window.addEventListener("hashchange", readAddress);
document.addEventListener("keydown", onKey);
readAddress();
