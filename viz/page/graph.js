"use strict";

// The picture of the graph: a view of it at a time. What is drawn once stays; then only numbers and classes change.

const SMALLEST_TEXT = 3;

class GraphView extends ZoomedPicture {
  // onSelect  what a click on a node does, by its index
  // dragged   what is told of dragging over a leaf: `startDrag(node)`, then `drag(node, pixels, isBig)`, at most once a
  //           frame, with the pixels since the start; without it, leaves are like all other nodes
  constructor(svg, record, onSelect, dragged = null) {
    super(svg, record.views[0]);
    Object.assign(this, { record, onSelect, leaves: dragged });
    this.layers = Object.fromEntries(["frames", "lines", "boxes"].map((name) => [name, drawn("g", { class: name })]));
    this.picture.append(...Object.values(this.layers));
    this.scenes = [];
    this.boxes = new Map();
    this.partials = record.edges.map(() => "");
    this.current = [];
    this.selected = null;
    this.path = new Set();
    this.failed = null;
    // What is told of another view.
    this.onView = () => {};
    // A click that ends a drag presses nothing; a key does.
    svg.addEventListener("keydown", () => { this.dragged = false; }, true);
    this.draw(0);
    fitNumbers(this.picture, record);
    // What can be opened and closed is in it.
    if (record.views.length > 1) svg.setAttribute("role", "group");
    this.fit();
  }

  // --- Views ---

  // Draw a view, whose boxes then have to be given their numbers.
  draw(view) {
    this.scene = this.scenes[view] ??= new Scene(this.record, view);
    const { scene } = this;
    this.extent = scene;
    this.frames = new Map([...scene.opened].map((part) => [part, this.drawnFrame(part)]));
    this.lines = scene.lines.map((line) => new LineView(line, this.isLabelled(line)));
    this.layers.frames.replaceChildren(...[...this.frames.values()].map(({ group }) => group));
    this.layers.lines.replaceChildren(...this.lines.map(({ group }) => group));
    const shown = [...scene.nodes.map((node) => [node, this.drawnNode(node)]),
      ...scene.closed.map((part) => [boxOfPart(this.record, part), this.drawnPart(part)])];
    this.layers.boxes.replaceChildren(...shown.map(([box, { group }]) => this.moved(group, scene.places.get(box))));
    for (const [, box] of shown) this.fitTexts(box);
    for (const frame of this.frames.values()) this.fitTexts(frame);
    this.lineAt = new Map(scene.lines.map((line, index) => [line, this.lines[index]]));
    for (const line of this.lines) line.write(this.partials);
    this.timed = null;
    this.mark();
  }

  // Go to a view. The part that was opened or closed stays where it is on the screen, as far as it is in sight; and
  // all else grows out of it.
  open(view, part = null) {
    if (view === this.scene.index) return;
    const before = this.scene;
    const from = this.picture.getAttribute("transform");
    const isFocused = this.svg.contains(document.activeElement);
    const was = part === null ? null : before.places.get(boxOfPart(this.record, part));
    const offset = was && middle(was).map((at, axis) => (at - this.center[axis]) * this.scale);
    this.draw(view);
    const now = part === null ? null : this.scene.places.get(boxOfPart(this.record, part));
    if (was && now) this.start([now], middle(now), offset);
    else this.startAt();
    this.onView();
    if (now) this.followPart(part);
    if (isFocused) this.focusPart(part);
    grow(this, before, from);
  }

  // Have a view that still grows out of another as it will be.
  settle() {
    for (const motion of this.picture.getAnimations({ subtree: true })) motion.finish();
  }

  // Whether a line has a label. Between closed parts it has none: there may be many.
  isLabelled({ uses }) {
    const { homes } = this.scene;
    const { source, target } = this.record.edges[uses[0]];
    return homes[source] === source || homes[target] === target;
  }

  openPart(part) {
    this.open(viewOf(this.record, part), part);
    this.followPart(part);
  }

  closePart(part) {
    this.open(viewOf(this.record, this.record.parts[part].parent), part);
  }

  // Open what is closed around a node.
  reveal(node) {
    const closed = this.scene.closedAround(node);
    if (closed !== null) this.open(viewOf(this.record, this.record.nodes[node].part), closed);
  }

  focusPart(part) {
    if (part === null) return;
    const target = this.frames.get(part)?.button ?? this.boxes.get(boxOfPart(this.record, part))?.group;
    target?.focus({ preventScroll: true });
  }

  // --- Drawing ---

  drawnNode(index) {
    if (!this.boxes.has(index)) {
      const node = drawnNode(this.record.nodes[index]);
      this.boxes.set(index, node);
      node.group.addEventListener("click", () => this.dragged || this.onSelect(index));
      if (this.leaves && !this.record.nodes[index].symbol) letDrag(node.group, node.width, this.leafDrag(index));
    }
    return this.boxes.get(index);
  }

  drawnPart(part) {
    const box = boxOfPart(this.record, part);
    if (!this.boxes.has(box)) {
      this.boxes.set(box, drawnClosed(this.record.parts[part]));
      onPress(this.boxes.get(box).group, () => this.dragged || this.openPart(part));
    }
    return this.boxes.get(box);
  }

  drawnFrame(part) {
    const frame = drawnFrame(this.record.parts[part], this.scene.places.get(boxOfPart(this.record, part)));
    onPress(frame.button, () => this.dragged || this.closePart(part));
    return frame;
  }

  moved(group, { x, y }) {
    return filled(group, { transform: `translate(${x} ${y})` }, []);
  }

  // Once for each box, when it is first in the page: only there can it be measured.
  fitTexts(box) {
    if (box.isFitted) return;
    box.isFitted = true;
    for (const text of box.texts) squeeze(text, box.room);
  }

  // A click that moves nothing still selects the leaf.
  leafDrag(index) {
    return {
      onStart: () => {
        this.dragged = false;
        this.leaves.startDrag(index);
      },
      onMove: (pixels, isBig) => {
        this.dragged = true;
        this.leaves.drag(index, pixels, isBig);
      },
    };
  }

  groupOf(box) {
    return (this.frames.get(box - this.record.nodes.length) ?? this.boxes.get(box)).group;
  }

  // The group in which a node is to be seen: its own, or that of the closed part that it is in.
  nodeGroup(node) {
    return this.groupOf(this.scene.homes[node]);
  }

  // The line that is to be seen for a use; null inside a closed part.
  edgePath(edge) {
    return this.lineAt.get(this.scene.lineOf[edge])?.curve ?? null;
  }

  // --- Numbers and classes ---

  // What a node shows, if it is in sight; `wrong` is what its gradient should be, if it is not that.
  setNode(index, data, gradient, wrong) {
    if (!this.scene.places.has(index)) return;
    const node = this.boxes.get(index);
    setNumber(node.data, data, node.room);
    setNumber(node.gradient, gradient, node.room);
    setText(node.wrong, wrong === null ? "" : `should be ${wrong}`);
    node.group.classList.toggle("wrong", wrong !== null);
  }

  // What is said of a node to who points at it.
  setHint(index, text) {
    const node = this.boxes.get(index);
    if (!node || (!text && !node.hint)) return;
    node.hint ??= node.group.appendChild(drawn("title"));
    setText(node.hint, text);
  }

  // What a closed part shows: numbers as text, how much of it is done, from 0 to 1, and whether a gradient is wrong.
  setPart(part, { data, gradient, done, isWrong }) {
    const box = this.boxes.get(boxOfPart(this.record, part));
    setNumber(box.data, data, box.room);
    setNumber(box.gradient, gradient, box.room);
    box.done.setAttribute("width", (box.room * done).toFixed(1));
    box.group.classList.toggle("wrong", isWrong);
  }

  setPartial(index, text) {
    this.partials[index] = text;
    this.lineAt.get(this.scene.lineOf[index])?.write(this.partials);
  }

  setShade(index, shade) {
    const node = this.boxes.get(index);
    if (node) setShade(node.group, shade);
  }

  // Highlight what a step of a run is about: its node, and maybe an edge, with the node from which it leads back. Until
  // then, some edges have got their partial, and some have passed a gradient on.
  showStep(run, at) {
    Object.assign(this, { run, at });
    const { node, edge } = run.steps[at];
    const nodes = [this.record.edges[edge]?.target, node].filter((place) => place !== undefined);
    const homes = nodes.map((place) => this.scene.homes[place]);
    for (const box of this.current) this.boxes.get(box)?.group.classList.remove("current");
    for (const box of homes) this.groupOf(box).classList.add("current");
    this.current = homes;
    this.showLines(run, at, this.lineAt.get(this.scene.lineOf[edge]));
    this.followNodes(nodes);
  }

  showLines(run, at, current) {
    if (this.timed !== run) {
      const passed = passedAt(run);
      for (const line of this.lines) line.time(run, passed, this.record.edges);
      this.timed = run;
    }
    for (const line of this.lines) line.show(at, line === current);
  }

  setSelected(selected, path) {
    Object.assign(this, { selected, path });
    this.markSelected();
    if (selected !== null) this.followNodes([selected]);
  }

  // Mark the node that has no value; null for none. The numbers of all others are then those of before.
  setFailed(failed) {
    this.failed = failed;
    this.markFailed();
  }

  // What is marked in a view that is drawn anew.
  mark() {
    this.markSelected();
    this.markFailed();
    if (this.run) this.showStep(this.run, this.at);
  }

  markSelected() {
    const { selected, path, scene } = this;
    const home = selected === null ? null : scene.homes[selected];
    for (const [box, { group }] of this.boxes) group.classList.toggle("selected", box === home);
    for (const { group, uses } of this.lines) group.classList.toggle("path", uses.some((edge) => path.has(edge)));
  }

  markFailed() {
    const home = this.failed === null ? null : this.scene.homes[this.failed];
    this.svg.classList.toggle("stale", home !== null);
    for (const [box, { group }] of this.boxes) group.classList.toggle("failed", box === home);
  }

  // --- What is in sight ---

  // Texts that are out of sight, or too small to read, are not drawn: the browser need not lay them out.
  show() {
    super.show();
    if (!this.scene) return;
    const [width, height] = this.size().map((side) => side / this.scale / 2);
    const [x, y] = this.center;
    const isSmall = this.scale * 14 < SMALLEST_TEXT;
    const isAway = (box) => isSmall || box.x > x + width || box.x + (box.width ?? 0) < x - width
      || box.y > y + height || box.y + (box.height ?? 0) < y - height;
    for (const [box, place] of this.scene.places) {
      const item = this.boxes.get(box);
      if (item) setAway(item, isAway(place));
    }
    for (const line of this.lines) setAway(line, isAway(line));
  }

  // The most open of the levels that can be read at once; if none can, the most closed one.
  startLevel() {
    const { levels = [""], views } = this.record;
    const readable = levels.map((_, view) => view).filter((view) => this.fits(views[view]));
    return readable.at(-1) ?? 0;
  }

  // Begin with everything or, where that could not be read, with some nodes, or at the left end.
  startAt(nodes = []) {
    const first = [...this.scene.places.values()].reduce((left, place) => (place.x < left.x ? place : left));
    this.start(nodes.length ? nodes.map((node) => this.placeOf(node)) : [first]);
  }

  placeOf(node) {
    return this.scene.places.get(this.scene.homes[node]);
  }

  // Have a part in sight, or, if it is larger than the pane, its beginning, where its name is.
  followPart(part) {
    const place = this.scene.places.get(boxOfPart(this.record, part));
    const [width, height] = this.size().map((side, axis) =>
      Math.min(side / this.scale - 2 * BESIDE, [place.width, place.height][axis]));
    this.follow([{ ...place, width, height }]);
  }

  followNodes(nodes) {
    if (nodes.length) this.follow(nodes.map((node) => this.placeOf(node)));
  }
}
