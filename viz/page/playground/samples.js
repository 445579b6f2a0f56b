"use strict";

// The samples as a table of fields: what goes in, what should come out, and what the network answers.

const MOST_ROWS = 200;

class SampleTable {
  constructor(container, problem, changed) {
    Object.assign(this, { problem, changed });
    const { inputs, outputs, samples } = problem.content;
    const isOne = problem.choices.length > 0 || samples[0].targets.length === 1;
    this.targetNames = isOne ? ["target"] : samples[0].targets.map((_, index) => `target ${index}`);
    const titles = [...inputs, ...this.targetNames, ...outputs, ""];
    const heads = titles.map((title) => element(title ? "th" : "td", title ? { scope: "col" } : {}, title));
    this.body = element("tbody");
    const caption = element("caption", { class: "unseen" }, "Samples, targets and answers");
    container.append(element("table", {}, caption, element("thead", {}, element("tr", {}, ...heads)), this.body));
    this.more = element("p", { class: "faint" });
    container.append(this.more);
    this.rebuild();
  }

  // After samples have come or gone.
  rebuild() {
    const { samples } = this.problem;
    const shown = samples.slice(0, MOST_ROWS);
    this.rows = shown.map((_, index) => this.row(index));
    this.body.replaceChildren(...this.rows.map(({ line }) => line));
    setText(this.more, samples.length > shown.length ? `… and ${samples.length - shown.length} more` : "");
    this.show();
  }

  row(index) {
    const { inputs, outputs } = this.problem.content;
    const fields = inputs.map((name, axis) => this.field(`${name} of point ${index + 1}`, (number) => {
      this.problem.samples[index].inputs[axis] = number;
    }));
    const targets = this.problem.choices.length ? [this.chooser(index)] : this.targetNames.map((name, output) =>
      this.field(`${name} of point ${index + 1}`, (number) => {
        this.problem.samples[index].targets[output] = number;
      }));
    const answers = outputs.map(() => element("td", { class: "answer" }));
    const remove = element("button", { type: "button", "aria-label": `Remove point ${index + 1}` }, "×");
    remove.addEventListener("click", () => this.remove(index));
    const cells = [...fields, ...targets].map((field) => element("td", {}, field));
    const line = element("tr", {}, ...cells, ...answers, element("td", {}, remove));
    return { line, fields, targets, answers, remove };
  }

  // A field of a number; it takes nothing but numbers.
  field(label, set) {
    const field = element("input", { type: "number", step: "any", "aria-label": label });
    field.addEventListener("change", () => {
      const number = field.valueAsNumber;
      if (Number.isFinite(number)) set(number);
      refuse("sample-refusal", Number.isFinite(number) ? "" : `${label} stays as it was: it has to be a number.`);
      this.changed();
    });
    return field;
  }

  chooser(index) {
    const options = this.problem.choices.map(({ name }, choice) => element("option", { value: choice }, name));
    const chooser = element("select", { "aria-label": `Target of point ${index + 1}` }, ...options);
    chooser.addEventListener("change", () => {
      this.problem.samples[index].targets = [...this.problem.choices[Number(chooser.value)].targets];
      this.changed();
    });
    return chooser;
  }

  remove(index) {
    if (!this.problem.remove(index)) return;
    this.changed();
    this.rows[Math.min(index, this.rows.length - 1)].line.querySelector("button").focus();
  }

  // The numbers of the samples, as they are now.
  show() {
    const isLast = this.rows.length === 1;
    this.rows.forEach(({ fields, targets, remove }, index) => {
      remove.setAttribute("aria-disabled", String(isLast));
      remove.title = isLast ? "The last point stays: there is no loss without one" : "Remove this point";
      const sample = this.problem.samples[index];
      fields.forEach((field, axis) => { field.value = sample.inputs[axis]; });
      if (this.problem.choices.length) targets[0].value = this.problem.choiceOf(sample.targets);
      else targets.forEach((field, output) => { field.value = sample.targets[output]; });
    });
  }

  // The answers to them; null where there are none.
  showAnswers(predictions) {
    this.rows.forEach(({ line, answers }, index) => {
      const found = predictions?.[index];
      answers.forEach((cell, output) => setText(cell, found ? format(found[output]) : NO_ANSWER));
      const { choices, samples } = this.problem;
      const isWrong = found && choices.length > 0 && !this.problem.isRight(found, samples[index].targets);
      line.classList.toggle("wrong", Boolean(isWrong));
    });
  }
}

const NO_ANSWER = "·";

// Say which number was not taken, and why; "" if the last one was.
function refuse(id, words) {
  setText(byId(id), words);
}
