"use strict";

// The way to the processor: a button for each stage, with the number of its lines, and where lit ones are among them.

const BINS = 40;

class Rail {
  // `press(sight)` is what a button does.
  constructor(container, { groups, stages }, links, press) {
    Object.assign(this, { container, links, press });
    this.chips = new Map([
      ["formula", this.plain("formula", "Formula")],
      ["picture", this.plain("picture", "Pictures")],
      ...stages.map((about, stage) => [about.name, this.chip(about, stage)]),
    ]);
    const group = (name, sights) => element("div", { class: "group", role: "group", "aria-label": name },
      element("span", { class: "group-name", "aria-hidden": "true" }, name),
      element("div", { class: "chips" }, ...sights.map((sight) => this.chips.get(sight).button)));
    const inGroup = groups.map((_, at) => stages.filter((about) => about.group === at).map(({ name }) => name));
    container.append(filled(group("Set and drawn", ["formula", "picture"]), { id: "drawn" }, []),
      ...groups.flatMap((name, at) => (inGroup[at].length ? [group(name, inGroup[at])] : [])));
  }

  plain(sight, title) {
    const button = element("button", { type: "button", class: "chip" }, element("span", { class: "chip-name" }, title));
    button.addEventListener("click", () => this.press(sight));
    return { button };
  }

  chip(about, stage) {
    const { button } = this.plain(about.name, "");
    const count = this.links.lines[stage].length;
    const change = about.isPass ? count - this.links.lines[stage - 1].length : 0;
    button.title = about.about;
    button.classList.toggle("idle", about.isPass && done(this.links.rows(stage)) === "");
    button.firstChild.append(...about.title.split(/(?<=_)/).flatMap((part) => [part, element("wbr")]));
    const box = { viewBox: `0 0 ${BINS} 1`, preserveAspectRatio: "none" };
    const map = drawn("svg", { ...box, "aria-hidden": "true" });
    const lit = element("span", { class: "chip-lit" });
    const by = change ? ` ${change < 0 ? "−" : "+"}${grouped(Math.abs(change))}` : "";
    const size = element("span", { class: "chip-size" }, about.missing ? "missing" : grouped(count), element("b", {}, by));
    button.append(size, lit, map);
    return { button, lit, map, stage };
  }

  show(lit, isShown) {
    for (const [sight, { button, lit: said, map, stage }] of this.chips) {
      button.setAttribute("aria-pressed", String(isShown(sight)));
      if (!map) continue;
      const lines = this.links.lines[stage].filter((line) => lit.has(line));
      button.dataset.lit = lines.length ? lit.get(lines[0]) : "";
      setText(said, lines.length ? `${grouped(lines.length)} lit` : "");
      map.replaceChildren(...this.ticks(stage, lines));
    }
  }

  // Where lit lines are, from the first line at the left to the last one at the right.
  ticks(stage, lines) {
    const count = this.links.lines[stage].length;
    const bins = lines.map((line) => Math.floor(((this.links.place(line) - 1) / count) * BINS));
    return [...new Set(bins)].map((x) => drawn("rect", { x, y: 0, width: Math.max(BINS / count, 1), height: 1 }));
  }

  // In the middle of the rail: scrollIntoView would also scroll a page that has this one in a frame.
  reveal(sight) {
    const [room, chip] = [this.container, this.chips.get(sight).button].map((part) => part.getBoundingClientRect());
    this.container.scrollLeft += chip.left + chip.width / 2 - room.left - room.width / 2;
  }
}
