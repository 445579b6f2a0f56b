"use strict";

// Fields for numbers that a reader may change: typed, or stepped with the arrow keys.

const PIXELS_A_STEP = 4;
const KEYS = { ArrowUp: [1, 0], ArrowDown: [-1, 0], PageUp: [1, 1], PageDown: [-1, 1] };

// name     what the number is of, as in "w data"
// number   the one that was recorded, to which the button of the field goes back
// onChange takes another number; onRefuse a sentence about a text that does not say a number
class NumberField {
  constructor(name, number, { onChange, onRefuse }) {
    Object.assign(this, { name, recorded: number, onChange, onRefuse });
    const label = element("span", { class: "field-name", title: name }, name.replace(/ data$/, ""));
    const kind = { type: "text", inputmode: "decimal", role: "spinbutton", autocomplete: "off" };
    this.input = element("input", { ...kind, "aria-label": name });
    this.back = element("button", { type: "button", "aria-label": `${name} as recorded`, title: "As recorded" }, "↺");
    this.element = element("div", { class: "field" }, label, this.input, this.back);
    this.input.addEventListener("focus", () => this.write());
    this.input.addEventListener("blur", () => this.write());
    this.input.addEventListener("change", () => this.read());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.back.addEventListener("click", () => onChange(this.recorded));
    this.show(number);
  }

  show(number) {
    if (Object.is(number, this.number)) return;
    this.number = number;
    this.write();
    this.input.setAttribute("aria-valuenow", String(number));
    this.element.classList.toggle("changed", !Object.is(number, this.recorded));
  }

  // All digits for who changes them; else as many as everywhere in the page.
  write() {
    const isInUse = document.activeElement === this.input;
    this.input.value = isInUse ? exactDigits(this.number) : this.shortly();
    this.input.title = exactDigits(this.number);
  }

  // Who gave it -0 sees -0.
  shortly() {
    return Object.is(this.number, -0) ? "-0" : formatData(this.number);
  }

  read() {
    const text = this.input.value;
    if (text === exactDigits(this.number) || text === this.shortly()) return;
    const number = readNumber(text);
    const kept = `${this.name} stays ${this.shortly()}`;
    if (number === null) this.onRefuse(`“${text}” is not a finite number: ${kept}.`);
    else this.onChange(number);
    this.write();
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") this.write();
    if (event.key === "Enter") this.read();
    if (!(event.key in KEYS)) return;
    event.preventDefault();
    const [direction, isBig] = KEYS[event.key];
    this.step(direction, this.number, isBig || event.shiftKey);
  }

  // So many steps on from a number; a big step is ten.
  step(count, from, isBig) {
    this.onChange(stepped(from, isBig ? 10 * count : count, stepExponent(this.recorded, from)));
  }
}

// The numbers of all leaves: the inputs, then the parameters.
class LeafPanel {
  // onChange takes (node, number); onRefuse a sentence
  constructor(container, record, onChange, onRefuse) {
    this.container = container;
    this.fields = new Map();
    const leaves = record.nodes.flatMap(({ role, symbol }, node) => (symbol ? [] : [{ role, node }]));
    const inOrder = ["input", "parameter"].flatMap((role) => leaves.filter((leaf) => leaf.role === role));
    for (const { role, node } of inOrder) {
      const { name, data } = record.nodes[node];
      const field = new NumberField(`${name} data`, data, { onChange: (number) => onChange(node, number), onRefuse });
      field.element.classList.add(role);
      Object.assign(field.input, { id: `leaf-${node}` });
      Object.assign(field.back, { id: `leaf-${node}-back` });
      this.fields.set(node, field);
      container.append(field.element);
    }
  }

  update(numbers) {
    for (const [node, field] of this.fields) field.show(numbers[node]);
  }

  // Mark the field of a node and bring it in sight, if it has one, without scrolling the page.
  select(node) {
    for (const [other, { element }] of this.fields) element.classList.toggle("chosen", other === node);
    const chosen = this.fields.get(node)?.element;
    if (chosen) this.container.scrollTop = chosen.offsetTop - this.container.offsetTop;
  }

  startDrag(node) {
    this.dragStart = this.fields.get(node).number;
  }

  // So many pixels from where dragging began.
  drag(node, pixels, isBig) {
    this.fields.get(node).step(Math.trunc(pixels / PIXELS_A_STEP), this.dragStart, isBig);
  }

  disable() {
    for (const { input, back } of this.fields.values()) input.disabled = back.disabled = true;
  }
}
