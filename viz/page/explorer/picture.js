"use strict";

// The two graphs as pictures, one of them at a time.

class Pictures {
  // `choose(line)` is what a click on a node does.
  constructor({ pictures, stages }, links, choose) {
    Object.assign(this, { pictures, links, choose, lit: new Map() });
    this.instructions = stages.findIndex(({ name }) => name === "instructions");
    this.last = stages.findLastIndex(({ isPass }) => isPass);
    this.buttons = pictures.map(({ title }, at) => {
      const button = element("button", { type: "button" }, title);
      button.addEventListener("click", () => this.open(at));
      return button;
    });
    byId("which").append(...this.buttons);
    const clicks = {
      "zoom-in": (graph) => graph.zoom(1.25),
      "zoom-out": (graph) => graph.zoom(0.8),
      "zoom-fit": (graph) => graph.fit(),
    };
    for (const [id, act] of Object.entries(clicks)) byId(id).addEventListener("click", () => act(this.graph));
    this.open(0);
  }

  open(at) {
    this.buttons.forEach((button, other) => button.setAttribute("aria-pressed", String(other === at)));
    const picture = this.pictures[at];
    setText(byId("picture-note"), picture.note);
    byId("zoom").hidden = !picture.record;
    byId("views").replaceChildren();
    byId("graph-room").replaceChildren();
    this.graph = null;
    if (picture.record) this.draw(picture);
  }

  draw({ title, record }) {
    const svg = drawn("svg", { id: "graph", role: "img", "aria-label": title, focusable: "false" });
    byId("graph-room").append(svg);
    this.record = record;
    this.graph = new GraphView(svg, record, (node) => this.choose(record.nodes[node].line));
    this.choice = new ViewChoice(byId("views"), this.graph);
    this.graph.onView = () => this.write();
    this.choice.go("");
    this.write();
    this.graph.startAt();
  }

  // Numbers, and how many instructions each node becomes.
  write() {
    const { graph, record } = this;
    this.choice.show();
    record.edges.forEach(({ partial }, edge) => graph.setPartial(edge, formatData(Number(partial))));
    record.nodes.forEach(({ data, line }, node) => {
      graph.setNode(node, `data ${formatData(Number(data))}`, this.cost([line]), null);
    });
    for (const part of graph.scene.closed) {
      const lines = record.parts[part].nodes.map((node) => record.nodes[node].line);
      graph.setPart(part, { data: "", gradient: this.cost(lines), done: 0, isWrong: false });
    }
    this.light();
  }

  // "8 → 5 instr.": before the passes and after them.
  cost(lines) {
    const made = new Set(lines.flatMap((line) => [...this.links.made(line)]));
    const count = (stage) => this.links.lines[stage].filter((line) => made.has(line)).length;
    return `${[...new Set([this.instructions, this.last].map(count))].join(" → ")} instr.`;
  }

  // --- What is lit ---

  show(lit) {
    this.lit = lit;
    this.light();
  }

  light() {
    const { graph, record, lit } = this;
    if (!graph) return;
    for (const { group } of graph.boxes.values()) delete group.dataset.lit;
    const nodes = record.nodes.map((_, node) => node).filter((node) => lit.has(record.nodes[node].line));
    const how = (node) => lit.get(record.nodes[node].line);
    for (const node of nodes) graph.nodeGroup(node).dataset.lit ??= how(node);
    for (const node of nodes) if (how(node) === CHOSEN) graph.nodeGroup(node).dataset.lit = CHOSEN;
    graph.followNodes(nodes.filter((node) => how(node) === CHOSEN));
  }
}
