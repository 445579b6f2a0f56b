"use strict";

// The quiz: the partials or the gradients of the graph are hidden, and asked for one by one. What is hidden is null in
// the runs that the rest of the page is given, and shown as "?".

const HIDDEN = "?";
const INTRODUCTION = "The page hides numbers, and you say them. A partial says how fast a result grows with one of its "
  + "operands. A gradient says how fast the last result grows with a number: the sum, over its uses, of the upstream "
  + "gradient times the partial.";
const HOW = "Three digits are enough. A click on a ? in the graph asks for that one.";

class Quiz {
  // now      gives the graph as it is: { record, right, comparison }
  // onBegin   is called with the kind of a round when it begins, and with null when it ends
  // onReveal  is called when a hidden number may be seen
  // onAsk     is called with the node and the edge (or null) of the next question
  constructor(container, { now, format, onBegin, onReveal, onAsk }) {
    Object.assign(this, { now, format, onBegin, onReveal, onAsk, kind: null, questions: new Map(), left: 0 });
    this.build(container);
    this.write();
  }

  // --- What is hidden ---

  hides(kind, index) {
    return this.kind === kind && this.questions.get(index)?.state === "open";
  }

  hidesPartial(edge) {
    return this.hides("partials", edge);
  }

  // Gradients are made of partials: as long as one of these is hidden, they are, too.
  hidesGradient(node) {
    const { record } = this.now();
    const isSeed = node === record.nodes.length - 1;
    return this.hides("gradients", node) || (this.kind === "partials" && !isSeed && this.left > 0);
  }

  // A run without the numbers that are hidden.
  masked(run) {
    if (this.kind === null) return run;
    const { edges } = this.now().record;
    const gradient = (number, node) => (this.hidesGradient(node) ? null : number);
    const share = (number, edge) => (this.hidesPartial(edge) ? null : gradient(number, edges[edge].source));
    const steps = run.steps.map((step) => {
      if (step.kind === "start") return { ...step, start: step.start.map(gradient) };
      if (step.kind !== "backward") return step;
      const { node, edge } = step;
      return {
        ...step,
        upstream: gradient(step.upstream, edges[edge].target),
        partial: this.hidesPartial(edge) ? null : step.partial,
        contribution: share(step.contribution, edge),
        before: gradient(step.before, node),
        after: gradient(step.after, node),
      };
    });
    return { ...run, steps, gradients: run.gradients.map(gradient), contributions: run.contributions.map(share) };
  }

  // --- A round ---

  // Begin a round of a kind, or end it with null.
  begin(kind) {
    this.kind = kind;
    const places = kind === null ? [] : QUESTIONS[kind].all(this.now());
    this.questions = new Map(places.map((place) => [place, { state: "open", isHelped: false }]));
    this.left = places.length;
    this.asked = places[0];
    this.write();
    this.say("");
    this.onBegin(kind);
    this.ask(this.asked);
  }

  count(isSo) {
    return [...this.questions.values()].filter(isSo).length;
  }

  // Ask for what is in this place, if it is hidden.
  ask(place) {
    if (this.questions.get(place)?.state !== "open") return;
    const { edges } = this.now().record;
    this.asked = place;
    this.input.value = "";
    this.write();
    if (this.kind === "partials") this.onAsk(edges[place].source, place);
    else this.onAsk(place, null);
    this.input.focus({ preventScroll: true });
  }

  // Ask for what is hidden of a node.
  choose(node) {
    const { edges } = this.now().record;
    const ends = edges.flatMap(({ source, target }, edge) => (node === target || node === source ? [edge] : []));
    this.ask((this.kind === "partials" ? ends : [node]).find((place) => this.hides(this.kind, place)));
  }

  check() {
    const found = judged(this.input.value, this.kind, this.now(), this.asked, this.format);
    if (found === null) return this.say("Type a number, such as -0.25.");
    if (found.isRight) return this.reveal("✓ ");
    this.help(found.words);
    this.input.select();
  }

  hint() {
    this.help(`${this.title} = ${QUESTIONS[this.kind].hint(this.now(), this.asked)}`);
  }

  // What is found after some words is not found at once.
  help(words) {
    this.questions.get(this.asked).isHelped = true;
    this.say(words, "wrong");
    this.write();
  }

  show() {
    this.questions.get(this.asked).isHelped = true;
    this.reveal("");
  }

  // What was asked for is in sight again; the next one that is hidden is asked for.
  reveal(mark) {
    const places = [...this.questions.keys()];
    const at = places.indexOf(this.asked);
    const number = QUESTIONS[this.kind].number(this.now(), this.asked);
    const found = `${mark}${this.title} = ${this.format(number)}`;
    this.questions.get(this.asked).state = "known";
    this.left -= 1;
    this.onReveal();
    const next = [...places.slice(at), ...places].find((place) => this.questions.get(place).state === "open");
    this.write();
    this.ask(next);
    this.say(found, mark ? "right" : "");
    if (next === undefined) this.ends.focus({ preventScroll: true });
  }

  // --- What the rest of the page tells it ---

  // Other numbers: what was said of the ones before may not be true of them.
  renew() {
    if (this.kind === null) return;
    this.write();
    this.say("");
  }

  // --- The panel ---

  build(container) {
    const button = (text, act) => {
      const made = element("button", { type: "button" }, text);
      made.addEventListener("click", act);
      return made;
    };
    this.partials = button("Hide the partials", () => this.begin("partials"));
    this.gradients = button("Hide the gradients", () => this.begin("gradients"));
    this.question = element("label", { for: "answer", class: "summary" });
    this.about = element("p", { id: "about-answer" });
    const typed = { type: "text", inputmode: "decimal", autocomplete: "off", "aria-describedby": "about-answer" };
    this.input = element("input", { id: "answer", ...typed });
    this.said = element("p", { id: "said", role: "status" });
    this.score = element("p", { id: "score", class: "faint" });
    this.ends = button("End the quiz", () => this.begin(null));
    const check = element("button", { type: "submit" }, "Check");
    const help = [button("Hint", () => this.hint()), button("Show", () => this.show())];
    const line = element("div", { class: "line" }, this.question, this.input, check, ...help);
    this.form = element("form", { autocomplete: "off" }, line, this.about);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.check();
    });
    this.introduction = element("p", {}, INTRODUCTION);
    this.how = element("p", { class: "faint" }, HOW);
    const rounds = element("div", { class: "line" }, this.partials, this.gradients, this.ends);
    container.append(this.introduction, this.form, this.said, this.score, this.how, rounds);
  }

  get title() {
    return QUESTIONS[this.kind].title(this.now(), this.asked);
  }

  write() {
    const isOn = this.kind !== null;
    const isOver = this.left === 0;
    this.introduction.hidden = isOn;
    this.how.hidden = this.form.hidden = !isOn || isOver;
    this.ends.hidden = this.score.hidden = this.said.hidden = !isOn;
    this.partials.hidden = this.gradients.hidden = isOn && !isOver;
    if (!isOn) return;
    setText(this.score, this.result(isOver));
    if (isOver) return;
    setText(this.question, `${this.title} = ?`);
    setText(this.about, QUESTIONS[this.kind].about(this.now(), this.asked));
  }

  result(isOver) {
    const atOnce = this.count(({ state, isHelped }) => state === "known" && !isHelped);
    const helped = this.count(({ state, isHelped }) => state === "known" && isHelped);
    const all = this.questions.size;
    const known = `${atOnce} right at once, ${helped} with help`;
    return isOver ? `All ${all} found: ${known}.` : `${known}, ${this.left} of ${all} to go.`;
  }

  say(words, kind = "") {
    setText(this.said, words);
    this.said.className = kind;
  }
}

// --- The page in a quiz ---

// A round begins where all that it does not hide is in sight; panels that would explain what is hidden are closed.
function beginQuiz(kind) {
  const isOn = kind !== null;
  pause();
  mistakes = new Set();
  color(false);
  select(null);
  for (const id of ["mistakes", "train", "colors"]) byId(id).disabled = isOn;
  panels.offer("explain", !isOn);
  panels.offer("matrices", !isOn && record.matrices.length > 0);
  hideAsked();
  for (const panel of new Set(followers.map((follower) => follower.panel))) catchUp(panel);
  if (isOn) show(kind === "partials" ? run.seed - 1 : run.steps.length - 1);
}

// All numbers anew, but those that are hidden.
function hideAsked() {
  follow();
  start(mistakes);
  show(position.step);
}

function askOnClick() {
  byId("graph").addEventListener("click", ({ target }) => {
    const line = graph.lines.find(({ group }) => group.contains(target));
    if (quiz.kind === "partials" && line?.uses.length === 1) quiz.ask(line.uses[0]);
  });
}

function showAsked(node, edge) {
  panels.open("quiz");
  graph.setSelected(node, new Set(edge === null ? explanation.uses[node] : [edge]));
  graph.followNodes(edge === null ? [node] : [record.edges[edge].target, node]);
}
