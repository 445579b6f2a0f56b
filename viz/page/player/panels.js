"use strict";

// The panels beside the graph: one is open at a time, or none. A panel that is not open is not laid out.

class Panels {
  // side      the element in which the panels are
  // buttons   those that open and close a panel, each with `aria-controls`
  // onChange  is told of the panel that is opened, by its id, so that it can catch up; and by null, if all are closed
  constructor(side, buttons, onChange) {
    Object.assign(this, { side, buttons, onChange, shown: null });
    for (const button of buttons) button.addEventListener("click", () => this.toggle(panelOf(button)));
  }

  // Whether there is such a panel, for this graph.
  has(id) {
    return this.buttons.some((button) => panelOf(button) === id && !button.hidden);
  }

  // Offer a panel, or do not.
  offer(id, isOffered) {
    this.buttons.find((button) => panelOf(button) === id).hidden = !isOffered;
  }

  open(id) {
    if (this.shown === id) return;
    this.shown = id;
    this.side.hidden = id === null;
    for (const button of this.buttons) {
      const isShown = panelOf(button) === id;
      button.setAttribute("aria-pressed", String(isShown));
      byId(panelOf(button)).hidden = !isShown;
    }
    this.onChange(id);
  }

  // The focus goes back to the button that had opened it.
  close() {
    const button = this.buttons.find((found) => panelOf(found) === this.shown);
    if (this.side.contains(document.activeElement)) button.focus();
    this.open(null);
  }

  toggle(id) {
    this.open(this.shown === id ? null : id);
  }
}

function panelOf(button) {
  return button.getAttribute("aria-controls");
}
