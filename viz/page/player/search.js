"use strict";

// Finding a node by its name or by what computes it, or a part by its name: a field with a short list under it.

const MOST_FOUND = 8;

class Search {
  // onFind takes what was chosen: { node } or { part }, by its index
  constructor(container, record, onFind) {
    Object.assign(this, { onFind, found: [], active: 0 });
    this.places = [
      ...record.nodes.map(({ name, symbols }, node) => ({ node, name, about: symbols })),
      ...record.parts.map(({ name, path, nodes }, part) => ({ part, name: path ?? name, about: "part", nodes })),
    ];
    const list = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "found" };
    const words = { "aria-label": "Find a node or a part", placeholder: "Find a node", title: "Key /" };
    const field = { type: "search", id: "search-text", ...words };
    this.input = element("input", { ...field, ...list, autocomplete: "off" });
    this.list = element("ul", { id: "found", role: "listbox", "aria-label": "Found", hidden: "" });
    container.append(this.input, this.list);
    this.input.addEventListener("input", () => this.look());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => this.close());
    // Before the field loses the focus.
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const item = event.target.closest("li");
      if (item) this.choose([...this.list.children].indexOf(item));
    });
  }

  look() {
    const wanted = this.input.value.trim();
    this.show(matches(this.places, wanted).slice(0, MOST_FOUND));
    if (!wanted || this.found.length) return;
    this.list.append(element("li", { role: "option", "aria-disabled": "true" }, `Nothing here is called ${wanted}.`));
    this.list.hidden = false;
  }

  show(found) {
    this.found = found;
    this.list.replaceChildren(...this.found.map(({ name, about }, index) => {
      return element("li", { role: "option", id: `found-${index}` }, element("b", {}, name), ` ${about}`);
    }));
    this.list.hidden = this.found.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.activate(0);
  }

  activate(index) {
    this.active = index;
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    if (this.list.hidden) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `found-${index}`);
  }

  onKey(event) {
    const count = this.found.length;
    const actions = {
      Enter: () => this.choose(this.active),
      Escape: () => this.leave(),
      ArrowDown: () => count && this.activate((this.active + 1) % count),
      ArrowUp: () => count && this.activate((this.active + count - 1) % count),
    };
    if (!(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  }

  choose(index) {
    const found = this.found[index];
    if (!found) return;
    this.leave();
    this.onFind(found);
  }

  leave() {
    this.input.value = "";
    this.input.blur();
  }

  close() {
    this.show([]);
  }
}

// The places that have a text in their name or in what is said of them: those first whose name begins with it.
function matches(places, text) {
  const wanted = text.toLowerCase();
  if (!wanted) return [];
  const ranked = places.map((place) => {
    const name = place.name.toLowerCase();
    const isAbout = place.about.toLowerCase().includes(wanted);
    const signs = [name === wanted, name.startsWith(wanted), name.includes(wanted), isAbout];
    return { place, rank: signs.indexOf(true) };
  });
  return ranked.filter(({ rank }) => rank >= 0).sort((a, b) => a.rank - b.rank).map(({ place }) => place);
}
