"use strict";

// A neuron opened: its operations on one sample, with the present parameters, and the chain rule running in them. What
// comes back to it from the layers after it is the gradient that it begins with.

const MOST_MOVED = 3;

class NeuronView {
  // `sampleRecord` is the graph of the loss of one sample, with a picture for each neuron; `state()` gives what
  // is measured now, the numbers and the samples; `step()` makes a step of the training; `names` are those of the
  // neurons, and `content` is that of the page.
  constructor(dialog, sampleRecord, { state, step, names, content }) {
    Object.assign(this, { dialog, sampleRecord, state, step, names, content });
    this.views = new Map();
    this.sample = 0;
    this.timer = null;
    const clicks = {
      "neuron-first": () => this.go(0),
      "neuron-back": () => this.go(this.position.step - 1),
      "neuron-play": () => (this.timer === null ? this.play() : this.pause()),
      "neuron-next": () => this.go(this.position.step + 1),
      "neuron-last": () => this.go(this.run.steps.length - 1),
      "neuron-train": () => this.train(),
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
    setText(byId("meaning"), meaning("loss", "the loss of the point"));
  }

  // `index` is that of the neuron among all, `names` are those of the samples: the most wrong one is shown first.
  open({ fullName, index, output }, names) {
    this.index = index;
    this.giver = this.content.predictions.includes(output) ? "the loss" : "the layers after it";
    this.live ??= new LiveGraph(this.sampleRecord, PRIMITIVES);
    const { losses = [] } = this.state();
    this.sample = Math.max(0, losses.indexOf(Math.max(...losses)));
    setText(byId("neuron-name"), `Inside ${fullName}`);
    byId("neuron-sample").replaceChildren(...names.map((text, sample) => element("option", { value: sample }, text)));
    byId("neuron-sample").value = this.sample;
    this.dialog.showModal();
    this.view = this.viewOf(index);
    byId("neuron-pane").replaceChildren(this.view.svg);
    setText(byId("neuron-moved"), "");
    this.update();
    this.go(0);
    const acts = this.view.record.edges.filter(({ target }) => target === this.run.steps[1].node);
    this.view.graph.startAt([...acts.map(({ source }) => source), this.run.steps[1].node]);
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
    const { view, sizes } = layouts[layout];
    const place = new Map(inside.map((node, at) => [node, at]));
    const operands = (node) => nodes[node].operands?.map((operand) => place.get(operand) ?? operand);
    const ends = ({ source, target }) => ({ source: place.get(source), target: place.get(target) });
    const all = (node) => ({ ...nodes[node], ...this.given(node, index), operands: operands(node) });
    return {
      views: [view],
      parts: [],
      nodes: inside.map((node, at) => ({ ...all(node), ...sizes[at] })),
      edges: between.map((edge) => ({ ...edges[edge], ...ends(edges[edge]) })),
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
    return `${answered}From ${this.giver} comes ${gradient}: with it, the way back through this neuron begins.`;
  }

  // --- A step of the training ---

  train() {
    const before = this.state();
    this.step();
    this.update();
    const { parameters, fails } = this.state();
    setText(byId("neuron-moved"), fails === null ? this.moved(before, parameters) : `The step fails: ${fails}.`);
  }

  // What the step made of the parameters of this neuron: of those that moved farthest.
  moved({ parameters: before, sums, samples }, after) {
    const rate = before.at(-1);
    const own = this.view.record.nodes.flatMap(({ lines: [name] }, place) => {
      const at = this.sampleRecord.parameters.indexOf(this.sampleRecord.neurons[this.index].nodes[place]);
      return at < 0 ? [] : [{ name, from: before[at], to: after[at], gradient: sums[1 + at] }];
    });
    const farthest = own.toSorted((one, other) => Math.abs(other.to - other.from) - Math.abs(one.to - one.from));
    const more = own.length > MOST_MOVED ? `; and ${own.length - MOST_MOVED} more` : "";
    const isPlain = own.every(({ from, to, gradient }) => format(from - rate * gradient) === format(to));
    const { optimizerName, reduction } = this.content;
    const plain = `Each number became: number - ${format(rate)} · grad.`;
    const rule = isPlain ? plain : `How far to go is the rule of ${optimizerName}.`;
    const loss = `the ${reduction === "mean" ? "average" : "sum"} of the losses of all points (${samples.length})`;
    return `${farthest.slice(0, MOST_MOVED).map(move).join("; ")}${more}. These are the grads of ${loss}. ${rule}`;
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
    return `Now backwards: from ${this.giver} comes ${name}.grad = ${format(this.seed)}.`;
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

// A parameter usually goes against its gradient; an optimizer that remembers earlier ones may go on for a while.
function move({ name, from, to, gradient }) {
  const why = (to - from) * gradient > 0 ? "though" : "for";
  return `${name}: ${format(from)} → ${format(to)}, ${why} its grad was ${format(gradient)}`;
}
