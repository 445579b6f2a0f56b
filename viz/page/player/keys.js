"use strict";

// The keys of the page, wherever the focus is, but in a field.

const TYPED_INTO = "select, input:is([type=text], [type=search])";
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
  const handlesItself = event.key === " " ? "button, input[type=checkbox]" : "input[type=range]";
  if (!(event.key in actions) || event.target.closest?.(handlesItself)) return;
  event.preventDefault();
  actions[event.key]();
}

// The key of each panel that there is opens and closes it.
function panelActions() {
  const known = Object.entries(PANEL_KEYS).filter(([, id]) => panels.has(id));
  return Object.fromEntries(known.map(([key, id]) => [key, () => panels.toggle(id)]));
}
