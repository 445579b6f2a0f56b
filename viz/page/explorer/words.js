"use strict";

// What is said of lines, in words.

const UNITS = { graph: ["node", "nodes"], gradient: ["node of the gradient", "nodes of the gradient"] };
const INSTRUCTIONS = ["instruction", "instructions"];
const WAYS = [
  [FROM, "It came from"],
  [OF, "It belongs to the derivative of"],
  [BECAME, "It became"],
  [DERIVED, "Its derivative:"],
  [SAME, "Its counterpart:"],
];

// Whether a stage is a list of instructions.
function isListing({ name, isPass }) {
  return isPass || name === "instructions";
}

// "3 nodes", "1 instruction", "12 lines of Python".
function counted(count, about) {
  const lines = [`line of ${about.title}`, `lines of ${about.title}`];
  const units = UNITS[about.name] ?? (isListing(about) ? INSTRUCTIONS : lines);
  return `${grouped(count)} ${units[count === 1 ? 0 : 1]}`;
}

function grouped(count) {
  return count.toLocaleString("en");
}

function listed(texts) {
  return texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
}

// What a stage shows of the line that was chosen: how its lines are lit, and how many they are.
function shownHere(how, count) {
  const lines = count === 1 ? "1 line here" : `${grouped(count)} lines here`;
  const said = {
    [CHOSEN]: "Chosen here.",
    [FROM]: `It came from ${lines}.`,
    [OF]: `It belongs to the derivative of ${lines}.`,
    [BECAME]: `It became ${lines}.`,
    [DERIVED]: `Its derivative: ${lines}.`,
    [SAME]: `Its counterpart: ${lines}.`,
  };
  return said[how] ?? "Nothing of it is here.";
}

// What a pass did to some rows of its own: "merged 4 and dropped 3".
function done(rows) {
  const count = (isSo) => rows.filter(isSo).length;
  const counts = [
    ["rewrote", count(({ was }) => was)],
    ["merged", count(({ isGone, now }) => isGone && now !== null)],
    ["dropped", count(({ isGone, now }) => isGone && now === null)],
  ];
  return listed(counts.filter(([, many]) => many).map(([what, many]) => `${what} ${grouped(many)}`));
}

// What became of the chosen line, and what it came from.
class Story {
  constructor(stages, links) {
    Object.assign(this, { stages, links });
    this.listings = stages.map((_, stage) => stage).filter((stage) => isListing(stages[stage]));
  }

  // Its sentences.
  told(chosen, lit) {
    const about = this.stages[this.links.stageOf[chosen]];
    const ways = WAYS.flatMap(([how, words]) => {
      const counts = this.counts(lit, how);
      const fates = how === BECAME ? [this.fates(lit)] : [];
      return counts.length ? [`${words} ${listed(counts)}.`, ...fates] : fates;
    });
    return [`Line ${grouped(this.links.place(chosen))} of ${about.title}.`, ...ways].filter(Boolean).join(" ");
  }

  // How many lines of each stage are lit so: of the instructions, at first and after all passes.
  counts(lit, how) {
    const many = this.stages.map((_, stage) => this.links.lines[stage].filter((line) => lit.get(line) === how).length);
    const [first, last] = [this.listings[0], this.listings.at(-1)];
    const left = `${many[last] ? grouped(many[last]) : "none"} after all passes`;
    const isMade = how !== FROM && many[last] !== many[first];
    return this.stages.flatMap((about, stage) => {
      if (stage === last && isMade && !many[first]) return [`${counted(many[last], about)} after all passes`];
      if (!many[stage] || about.isPass) return [];
      return [counted(many[stage], about) + (stage === first && isMade ? ` (${left})` : "")];
    });
  }

  // What the passes did to it.
  fates(lit) {
    const isOwn = ({ line }) => [CHOSEN, BECAME].includes(lit.get(line));
    const found = this.listings.slice(1).map((stage) => [stage, done(this.links.rows(stage).filter(isOwn))]);
    const told = found.filter(([, what]) => what).map(([stage, what]) => `${this.stages[stage].title} ${what}`);
    return told.length ? `On the way, ${told.join("; ")}.` : "";
  }
}
