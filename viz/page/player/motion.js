"use strict";

// What a step does, as a movement: forwards, the numbers of the operands flow into the result; backwards, the gradient
// of the result travels back along its edge, becomes the product with the partial on its way, and is added. Nothing
// waits for it: the page already shows the numbers after the step.

const LONGEST_MOVE = 700;
const SHORTEST_MOVE = 150;
const MOST_TRAVELLERS = 12;

class Motion {
  // svg lies over the picture of the graph; without `isOn`, as in tests, nothing moves
  constructor(svg, record, graph, format) {
    Object.assign(this, { record, graph, format, isOn: true });
    this.into = edgesInto(record);
    this.layer = drawn("g");
    svg.append(this.layer);
  }

  // Whatever else is shown ends it.
  showStep() {
    this.stop();
  }

  stop() {
    this.layer.replaceChildren();
  }

  // Play some steps of a run at once, each as far as its edges are to be seen; `room` is the time until the next, in
  // milliseconds.
  play(steps, room = Infinity) {
    this.stop();
    const duration = Math.min(LONGEST_MOVE, 0.7 * room);
    if (!this.isOn || duration < SHORTEST_MOVE || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.layer.setAttribute("transform", this.graph.picture.getAttribute("transform"));
    const moves = steps.flatMap((step) => this.moves(step)).filter(({ path }) => path);
    for (const move of moves.slice(0, MOST_TRAVELLERS)) this.travel(move, duration);
  }

  moves({ kind, node, edge, upstream, contribution }) {
    const { nodes, edges } = this.record;
    if (kind === "backward") {
      const texts = [upstream, contribution].map(this.format);
      return [{ path: this.graph.edgePath(edge), texts, kind }];
    }
    const used = kind === "forward" ? this.into[node] : [];
    return used.map((into) => ({ path: this.graph.edgePath(into), texts: [nodes[edges[into].source].dataText], kind }));
  }

  travel({ path, texts, kind }, duration) {
    const marks = texts.map((text) => drawn("text", { y: -11 }, text));
    const dot = drawn("g", { class: `traveller ${kind}` }, drawn("circle", { r: 6 }), ...marks);
    dot.style.offsetPath = `path("${path.getAttribute("d")}")`;
    this.layer.append(dot);
    const ends = kind === "backward" ? ["100%", "0%"] : ["0%", "100%"];
    const moving = dot.animate({ offsetDistance: ends }, { duration, easing: "ease-in-out", fill: "both" });
    moving.onfinish = () => dot.remove();
    // On half of the way, what is passed on has been multiplied by the partial.
    if (marks.length > 1) this.exchange(marks, duration);
  }

  exchange([first, second], duration) {
    const offset = [0, 0.45, 0.55, 1];
    first.animate({ opacity: [1, 1, 0, 0], offset }, { duration, fill: "both" });
    second.animate({ opacity: [0, 0, 1, 1], offset }, { duration, fill: "both" });
  }
}
