"use strict";

// A neuron opened: its operations on one sample, with the present parameters, and the chain rule running in them. What
// comes back to it from the layers behind it is the gradient that it begins with.

class NeuronView {
  // `sampleRecord` is the graph of the loss of one sample, with a picture for each neuron; `state()` gives the numbers
  // and the samples of now; `step()` makes a step of the training; `names` are those of the neurons.
  constructor(dialog, sampleRecord, { state, step, names }) {
    Object.assign(this, { dialog, sampleRecord, state, names });
    this.views = new Map();
    this.sample = 0;
    this.timer = null;
    const clicks = {
      "neuron-first": () => this.go(0),
      "neuron-back": () => this.go(this.position.step - 1),
      "neuron-play": () => (this.timer === null ? this.play() : this.pause()),
      "neuron-next": () => this.go(this.position.step + 1),
      "neuron-last": () => this.go(this.run.steps.length - 1),
      "neuron-train": () => { step(); this.update(); },
      "neuron-close": () => dialog.close(),
    };
    for (const [id, act] of Object.entries(clicks)) byId(id).addEventListener("click", act);
    byId("neuron-slider").addEventListener("input", (event) => this.go(Number(event.target.value)));
    byId("neuron-sample").addEventListener("change", (event) => {
      this.sample = Number(event.target.value);
      this.update();
    });
    dialog.addEventListener("keydown", (event) => this.onKey(event));
    dialog.addEventListener("close", () => this.pause());
  }

  // `index` is that of the neuron among all, `names` are those of the samples.
  open({ fullName, index }, names) {
    this.index = index;
    this.live ??= new LiveGraph(this.sampleRecord, PRIMITIVES);
    this.sample = Math.min(this.sample, names.length - 1);
    setText(byId("neuron-name"), `Inside ${fullName}`);
    byId("neuron-sample").replaceChildren(...names.map((text, sample) => element("option", { value: sample }, text)));
    byId("neuron-sample").value = this.sample;
    this.dialog.showModal();
    this.view = this.viewOf(index);
    byId("neuron-pane").replaceChildren(this.view.svg);
    this.update();
    this.go(0);
    this.view.graph.start();
  }

  // Each neuron has a picture of its own, drawn when it is first opened.
  viewOf(index) {
    if (!this.views.has(index)) {
      const svg = drawn("svg", { id: "graph", role: "img", "aria-labelledby": "neuron-name", focusable: "false" });
      byId("neuron-pane").replaceChildren(svg);
      const record = this.partOf(index);
      this.views.set(index, { svg, record, graph: new GraphView(svg, record, () => {}) });
    }
    return this.views.get(index);
  }

  // The part of the graph that is in a neuron, as a record of its own, whose last node is what the neuron gives.
  partOf(index) {
    const { nodes, edges, neurons, layouts } = this.sampleRecord;
    const { nodes: inside, edges: between, layout } = neurons[index];
    const { width, height, nodes: boxes, edges: lines } = layouts[layout];
    const place = new Map(inside.map((node, at) => [node, at]));
    const operands = (node) => nodes[node].operands?.map((operand) => place.get(operand) ?? operand);
    const ends = ({ source, target }) => ({ source: place.get(source), target: place.get(target) });
    const all = (node) => ({ ...nodes[node], ...this.given(node, index), operands: operands(node) });
    return {
      ...{ width, height, parts: [] },
      nodes: inside.map((node, at) => ({ ...all(node), ...boxes[at] })),
      edges: between.map((edge, at) => ({ ...edges[edge], ...lines[at], ...ends(edges[edge]) })),
    };
  }

  // What another neuron gives is an input here: how that has it is shown when that one is opened.
  given(node, index) {
    const giver = this.sampleRecord.neurons.findIndex(({ nodes }) => nodes.at(-1) === node);
    if (giver < 0 || giver === index) return {};
    return { role: "input", lines: [this.sampleRecord.nodes[node].name, `from ${this.names[giver]}`], symbols: "" };
  }

  // The numbers of now: those of the training, and of the sample that was chosen.
  update() {
    const { parameters, samples, predictions } = this.state();
    this.evaluate({ ...samples[this.sample], parameters });
    this.copyNumbers();
    const output = this.sampleRecord.neurons[this.index].nodes.at(-1);
    this.seed = replay(this.sampleRecord).gradients[output];
    this.run = { ...replay(this.view.record, new Set(), this.seed), mistakes: new Set(), assigns: false };
    const step = this.position?.step ?? 0;
    this.position = new Position(this.run);
    byId("neuron-slider").max = this.run.steps.length - 1;
    setText(byId("neuron-context"), this.live.failure?.text ?? this.context(predictions?.[this.sample]));
    this.show(step);
  }

  evaluate(numbers) {
    for (const kind of ["inputs", "targets", "parameters"]) {
      this.sampleRecord[kind].forEach((node, at) => node !== null && this.live.set(node, numbers[kind][at]));
    }
    this.live.evaluate();
  }

  copyNumbers() {
    const { nodes, edges } = this.sampleRecord;
    const { record, graph } = this.view;
    const { nodes: inside, edges: between } = this.sampleRecord.neurons[this.index];
    inside.forEach((node, at) => {
      const { data } = nodes[node];
      Object.assign(record.nodes[at], { data, dataText: format(data) });
    });
    between.forEach((edge, at) => {
      const { partial, cut } = edges[edge];
      Object.assign(record.edges[at], { partial, cut });
      graph.setPartial(at, format(partial));
    });
  }

  context(answers) {
    const name = this.view.record.nodes.at(-1).name;
    const answered = answers ? `The network answers ${answers.map(format).join(", ")} to this point. ` : "";
    const gradient = `∂loss/∂${name} = ${format(this.seed)}`;
    return `${answered}The chain rule of the layers behind it gives ${gradient}: so much comes back to this neuron.`;
  }

  // --- The steps ---

  show(step) {
    const { record, graph } = this.view;
    this.position.moveTo(Math.min(Math.max(step, 0), this.run.steps.length - 1));
    const at = this.position.step;
    record.nodes.forEach(({ dataText }, node) => {
      const data = this.run.known[node] > at ? NO_ANSWER : dataText;
      const gradient = at < this.run.seed ? NO_ANSWER : format(this.position.gradients[node]);
      graph.setNode(node, `data ${data}`, `grad ${gradient}`, null);
    });
    graph.showStep(this.run, at);
    setText(byId("neuron-sentence"), this.sentence(this.run.steps[at]));
    setText(byId("neuron-count"), `${at} of ${this.run.steps.length - 1}`);
    byId("neuron-slider").value = at;
  }

  sentence(step) {
    if (step.kind !== "seed") return sentence(step, this.view.record, this.run, format);
    const { name } = this.view.record.nodes[step.node];
    return `Now backwards: the layers behind it pass ${name}.grad = ${format(this.seed)} to this neuron.`;
  }

  go(step) {
    this.pause();
    this.show(step);
  }

  play() {
    if (this.position.step === this.run.steps.length - 1) this.show(0);
    const tick = () => {
      this.show(this.position.step + 1);
      if (this.position.step === this.run.steps.length - 1) this.pause();
      else this.timer = setTimeout(tick, 1000 / Number(byId("neuron-speed").value));
    };
    this.timer = setTimeout(tick, 1000 / Number(byId("neuron-speed").value));
    this.showPlaying();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.showPlaying();
  }

  // While it plays, a screen reader is not told every sentence: it could not keep up.
  showPlaying() {
    const isPlaying = this.timer !== null;
    setText(byId("neuron-play"), isPlaying ? "Pause" : "Play");
    byId("neuron-play").setAttribute("aria-pressed", String(isPlaying));
    byId("neuron-sentence").setAttribute("aria-live", isPlaying ? "off" : "polite");
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      " ": () => byId("neuron-play").click(),
      ArrowLeft: () => this.go(this.position.step - 1),
      ArrowRight: () => this.go(this.position.step + 1),
      Home: () => this.go(0),
      End: () => this.go(this.run.steps.length - 1),
    };
    const handlesItself = event.key === " " ? "button, select" : "select, input";
    if (!(event.key in actions) || event.target.closest?.(handlesItself)) return;
    event.preventDefault();
    actions[event.key]();
  }
}
