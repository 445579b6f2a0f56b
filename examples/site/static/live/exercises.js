"use strict";

// The exercises: an editor for the learner's files, the checker's report, hints, and our solution. All is kept in the
// browser, under one key, and can be taken away as the folder that the terminal works with.

const KEPT = "seegrad-exercises";
const NOTHING = { solved: [], hints: {}, at: "" };

class Workshop {
  #status = element("span", { className: "live-status", role: "status" });
  #python = new Python((text) => {
    this.#status.textContent = text;
  });
  #choice = element("select", { className: "live-choice", ariaLabel: "Exercise" });
  #task = element("div", { className: "live-task" });
  #tabs = element("div", { className: "live-tabs", role: "group", ariaLabel: "Your files" });
  #editor = new Editor("Your code", { changed: (text) => this.#edited(text), run: () => this.#check() });
  #checkButton = button("Check", () => this.#check(), "live-main");
  #stopButton = button("Stop", () => this.#python.stop());
  #hintButton = button("Hint", () => this.#hint());
  #solutionButton = carefulButton("Our solution", "Really? Show it", () => this.#showSolution());
  #nextButton = button("", () => this.#choose(this.#next()));
  #report = element("div", { className: "live-report", ariaLive: "polite" });
  #help = element("div", { className: "live-help" });
  #upload = element("input", { type: "file", accept: ".py,.zip", hidden: true });

  constructor(place, { files, exercises }) {
    this.exercises = exercises;
    this.templates = files;
    this.kept = { texts: { ...files }, progress: structuredClone(NOTHING), ...read() };
    this.#build(place);
    this.#stopButton.hidden = this.#nextButton.hidden = true;
    addEventListener("hashchange", () => this.#choose(this.#asked() ?? this.exercise));
    this.#choose(this.#asked() ?? this.#byName(this.kept.progress.at) ?? exercises[0]);
  }

  #build(place) {
    const lessons = Map.groupBy(this.exercises, (exercise) => exercise.lesson);
    for (const [lesson, exercises] of lessons) {
      const group = element("optgroup", { label: `${lesson}. ${exercises[0].title}` });
      group.append(...exercises.map((exercise) => element("option", { value: exercise.number })));
      this.#choice.append(group);
    }
    this.#choice.addEventListener("change", () => this.#choose(this.exercises[this.#choice.value - 1]));
    for (const file of Object.keys(this.templates)) {
      const tab = button(`${file}.py`, () => this.#open(file), "live-tab");
      tab.dataset.file = file;
      this.#tabs.append(tab);
    }
    this.#upload.addEventListener("change", () => this.#bring());
    const run = [this.#checkButton, this.#stopButton, this.#nextButton, this.#hintButton, this.#solutionButton];
    const folder = element(
      "div", { className: "live-bar" },
      button("Download my_engine.zip", () => this.#takeAway()),
      button("Upload a file …", () => this.#upload.click()),
      carefulButton("Begin anew", "Really? Lose all of it", () => this.#beginAnew()),
      this.#upload,
    );
    place.replaceChildren(
      element("h2", {}, "Write it here"),
      ...(FROM_DISK ? [element("p", { className: "live-note" }, ...marked(howToServe()))] : []),
      this.#choice, this.#task, this.#tabs, this.#editor.element,
      element("div", { className: "live-bar" }, ...run, this.#status),
      this.#report, this.#help, folder,
      element("p", { className: "live-small" }, "In the editor, Ctrl and Enter check, and Escape, then Tab, leads out. " +
        "Your files and how far you are stay in this browser. In the folder that you download, the terminal goes on " +
        "where you are: ", element("code", {}, "python -m examples.lessons check"), "."),
    );
  }

  // --- What is chosen ---

  /** The exercise that the address asks for. */
  #asked() {
    return this.exercises[Number(/^#exercise=(\d+)$/.exec(location.hash)?.[1]) - 1];
  }

  #byName(name) {
    return this.exercises.find((exercise) => exercise.name === name);
  }

  /** What to do next: the first after this one that is not solved and can be done here, or else before it. */
  #next() {
    const left = this.exercises.filter(({ name, needs }) => !needs && !this.kept.progress.solved.includes(name));
    return left.find(({ number }) => number > this.exercise.number) ?? left[0];
  }

  #choose(exercise) {
    this.exercise = exercise;
    this.#choice.value = exercise.number;
    const lesson = element("a", { href: exercise.page, textContent: `lesson ${exercise.lesson}` });
    this.#task.replaceChildren(
      element("p", {}, `In ${exercise.file}.py, after `, lesson, ":"),
      ...exercise.task.map((text) => element("p", {}, ...marked(text))),
    );
    this.#report.replaceChildren();
    this.#nextButton.hidden = true;
    this.#checkButton.disabled = Boolean(exercise.needs);
    if (exercise.needs) this.#tell(`This one needs ${exercise.needs}, which is not here in the page: download your ` +
      "folder, and do it on your computer.");
    this.#open(exercise.file);
    this.#show();
    const line = this.#editor.text.split("\n").findIndex((text) => text.includes(`Exercise ${exercise.number}, `));
    if (line >= 0) this.#editor.show(line + 1);
  }

  #open(file) {
    this.file = file;
    this.#editor.text = this.kept.texts[file];
    for (const tab of this.#tabs.children) tab.ariaPressed = String(tab.dataset.file === file);
  }

  /** Show ticks, and the hints that were given. */
  #show() {
    const { solved, hints } = this.kept.progress;
    for (const option of this.#choice.querySelectorAll("option")) {
      const { number, name } = this.exercises[option.value - 1];
      option.textContent = `${number}. ${name.replaceAll("_", " ")}${solved.includes(name) ? " ✓" : ""}`;
    }
    const given = hints[this.exercise.name] ?? 0;
    const count = this.exercise.hints.length;
    this.#hintButton.textContent = given ? `Next hint (${given} of ${count} seen)` : "Hint";
    this.#hintButton.disabled = given >= count;
    const shown = this.exercise.hints.slice(0, given);
    this.#help.replaceChildren(...shown.map((hint, place) =>
      element("p", { className: "live-hint" }, element("b", {}, `Hint ${place + 1}. `), ...marked(hint))));
  }

  // --- What the learner does ---

  #edited(text) {
    this.kept.texts[this.file] = text;
    keep(this.kept);
  }

  #hint() {
    const { hints } = this.kept.progress;
    hints[this.exercise.name] = (hints[this.exercise.name] ?? 0) + 1;
    keep(this.kept);
    this.#show();
  }

  #showSolution() {
    const code = this.exercise.solution.join("\n\n");
    this.#help.append(element("p", { className: "live-hint" }, element("b", {}, "Our solution")), element("pre", {}, code));
  }

  async #check() {
    if (!this.#stopButton.hidden || this.exercise.needs) return;
    const found = await this.#ask({ call: "check", number: this.exercise.number, ...this.kept });
    if (!found) return;
    this.kept.progress = found.progress;
    keep(this.kept);
    this.#show();
    this.#report.replaceChildren(...found.report.split("\n\n").map((text) => paragraph(text, found.picture)));
    const [, file, line] = /\((\w+)\.py,\s+line\s+(\d+)\)/.exec(found.report) ?? [];
    if (file) {
      this.#open(file);
      this.#editor.mark(Number(line));
    }
    const next = this.kept.progress.solved.includes(this.exercise.name) && this.#next();
    this.#nextButton.hidden = !next;
    if (next) this.#nextButton.textContent = `Go on with ${next.number} (${next.name.replaceAll("_", " ")})`;
  }

  async #takeAway() {
    const packed = await this.#ask({ call: "pack", ...this.kept });
    if (!packed) return;
    const address = `data:application/zip;base64,${packed.content}`;
    element("a", { href: address, download: packed.name }).click();
  }

  async #bring() {
    const [file] = this.#upload.files;
    const bytes = new Uint8Array(await file.arrayBuffer());
    this.#upload.value = "";
    const content = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    const found = await this.#ask({ call: "unpack", name: file.name, content });
    if (!found) return;
    if (found.error) {
      this.#tell(found.error);
      return;
    }
    this.#replace({ ...this.kept.texts, ...found.texts }, found.progress ?? this.kept.progress);
    this.#tell(`Read: ${Object.keys(found.texts).map((name) => `${name}.py`).join(", ")}`);
  }

  #beginAnew() {
    this.#replace({ ...this.templates }, structuredClone(NOTHING));
  }

  #replace(texts, progress) {
    this.kept = { texts, progress };
    keep(this.kept);
    this.#choose(this.#byName(progress.at) ?? this.exercise);
  }

  /** The answer to a call; null if the call fails, and the page then says why. */
  async #ask(message) {
    if (FROM_DISK) {
      this.#tell(howToServe());
      return null;
    }
    this.#stopButton.hidden = false;
    this.#checkButton.disabled = true;
    try {
      return await this.#python.ask(message);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      this.#tell(error.message === "stopped" ? "Stopped. Is there a loop that never ends?" : error.message);
      return null;
    } finally {
      this.#stopButton.hidden = true;
      this.#checkButton.disabled = Boolean(this.exercise.needs);
    }
  }

  #tell(text) {
    this.#report.replaceChildren(element("p", { className: "live-note" }, ...marked(text)));
  }
}

// --- What is kept ---

/** What this browser has kept; nothing where it keeps nothing, or what it kept is damaged. */
function read() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

function keep(what) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(what));
  } catch {
    // A browser that keeps nothing, as in a private window: there the files last as long as the page.
  }
}

// --- Text ---

/** One paragraph of a report: as it stands where its columns matter, else as wide as the page; or the picture. */
function paragraph(text, picture) {
  if (picture && text.endsWith("wrong.svg")) return written("wrong.svg", picture);
  const asItIs = /^ {4}|\S {2,}\S/m.test(text);
  return asItIs ? element("pre", {}, text) : element("p", {}, ...marked(text.replaceAll("\n", " ")));
}

{
  const place = document.getElementById("workshop");
  if (place) {
    const data = element("script", { src: new URL("exercises-data.js", LIVE) });
    data.addEventListener("load", () => new Workshop(place, EXERCISES));
    document.head.append(data);
  }
  for (const exercise of document.querySelectorAll(".lesson-exercise")) {
    const href = new URL(`../../exercises.html#exercise=${exercise.dataset.exercise}`, LIVE).href;
    exercise.prepend(element("p", {}, element("a", { href, className: "live-here" }, "Write it here, in the page")));
  }
}
