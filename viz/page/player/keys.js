"use strict";

// The keys of the page, wherever the focus is, but in a field.

const TYPED_INTO = "select, input:is([type=text], [type=search])";
const MOVES_SLIDER = "input[type=range]";
const MEANT_FOR = {
  " ": "button, summary, input[type=checkbox]",
  ArrowLeft: MOVES_SLIDER, ArrowRight: MOVES_SLIDER, Home: MOVES_SLIDER, End: MOVES_SLIDER,
};
const PANEL_KEYS = { t: "trace", n: "explain", m: "matrices", q: "quiz", l: "losses" };

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPED_INTO)) return;
  const actions = {
    " ": toggle,
    ArrowLeft: () => go(stops.previous(run, position.step)),
    ArrowRight: next,
    Home: () => go(0),
    End: () => go(run.steps.length - 1),
    Escape: leave,
    "/": () => byId("search-text").focus(),
    p: () => project(!isProjected()),
    s: offerToSave,
    ...panelActions(),
  };
  // A letter is the same with Shift or the caps lock.
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isOfElement = key in MEANT_FOR && event.target.closest?.(MEANT_FOR[key]);
  if (!(key in actions) || isOfElement) return;
  event.preventDefault();
  actions[key]();
}

// The key of each panel that there is opens and closes it.
function panelActions() {
  const known = Object.entries(PANEL_KEYS).filter(([, id]) => panels.has(id));
  return Object.fromEntries(known.map(([key, id]) => [key, () => panels.toggle(id)]));
}
