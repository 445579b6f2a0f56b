"use strict";

// A picture in a pane that can be zoomed and dragged: `scale` is pixels for a unit of the picture, `center` what of it
// is in the middle of the pane. Whoever draws it, draws into `picture`. In a pane of another size, it is fitted anew
// or shows what was last in sight, unless the reader has moved it.

// In the scale of the picture, whose smallest text has 13 pixels: no text under 11 pixels at first sight.
const SMALLEST = 11 / 13;
const READABLE = 0.9;
const LARGEST_FITTED = 1.7;
const LARGEST = 4;
// Around what is followed, in the scale of the picture.
const BESIDE = 16;

class ZoomedPicture {
  constructor(svg, { width, height }) {
    this.svg = svg;
    this.extent = { width, height };
    this.picture = drawn("g");
    this.scale = 1;
    this.center = [width / 2, height / 2];
    svg.append(this.picture);
    this.listen();
    this.followed = [];
    this.isMoved = false;
    new ResizeObserver(() => (this.isMoved ? this.show() : this.start(this.followed))).observe(svg);
  }

  size() {
    const { width, height } = this.svg.getBoundingClientRect();
    return [Math.max(width, 1), Math.max(height, 1)];
  }

  // By a transform, not by a view box: another view box would have the browser measure every text again.
  show() {
    const [width, height] = this.size();
    const [x, y] = this.center;
    const move = `translate(${width / 2 - x * this.scale} ${height / 2 - y * this.scale})`;
    this.picture.setAttribute("transform", `${move} scale(${this.scale})`);
  }

  wholeScale(extent = this.extent) {
    const [width, height] = this.size();
    return Math.min((width - 24) / extent.width, Math.max(height - 24, 24) / extent.height);
  }

  // Whether all of a picture of some extent can be read at once.
  fits(extent) {
    return this.wholeScale(extent) >= SMALLEST * textSize();
  }

  fit() {
    this.scale = Math.min(this.wholeScale(), LARGEST_FITTED * textSize());
    this.center = [this.extent.width / 2, this.extent.height / 2];
    this.isFitted = true;
    this.isMoved = false;
    this.show();
  }

  // Everything or, where that would be too small to read, some boxes: at the left end, or around a point of the
  // picture, so many pixels beside the middle of the pane.
  start(boxes, [x, y] = [0, 0], [right, down] = [0, 0]) {
    if (this.fits(this.extent) || !boxes.length) return this.fit();
    this.scale = READABLE * textSize();
    this.isFitted = this.isMoved = false;
    const [width, height] = this.size();
    this.center = [
      this.within(0, width / this.scale, x - right / this.scale),
      this.within(1, height / this.scale, y - down / this.scale),
    ];
    this.follow(boxes);
  }

  zoom(factor, [x, y] = this.center) {
    const wanted = this.scale * factor;
    const scale = Math.min(LARGEST, Math.max(Math.min(this.wholeScale(), 1) / 2, wanted));
    const share = this.scale / scale;
    this.center = [x + (this.center[0] - x) * share, y + (this.center[1] - y) * share];
    this.scale = scale;
    this.isFitted = false;
    this.isMoved = true;
    this.show();
  }

  // Move just far enough to have some boxes in sight; in a picture that is fitted, all are.
  follow(boxes) {
    this.followed = boxes;
    if (this.isFitted) return;
    const [width, height] = this.size().map((side) => side / this.scale);
    this.center = [["x", "width", width], ["y", "height", height]].map(([start, length, room], axis) => {
      const low = Math.min(...boxes.map((box) => box[start])) - BESIDE;
      const high = Math.max(...boxes.map((box) => box[start] + box[length])) + BESIDE;
      if (this.extent[length] + BESIDE < room) return this.extent[length] / 2;
      if (high - low > room) return this.within(axis, room, boxes.at(-1)[start] + boxes.at(-1)[length] / 2);
      return Math.min(Math.max(this.center[axis], high - room / 2), low + room / 2);
    });
    this.show();
  }

  // A centre that shows no empty room beside the picture, if possible.
  within(axis, room, center) {
    const length = [this.extent.width, this.extent.height][axis];
    return Math.min(Math.max(center, room / 2 - BESIDE), length - room / 2 + BESIDE);
  }

  listen() {
    const pointers = new Map();
    const distance = ([x, y], [otherX, otherY]) => Math.hypot(x - otherX, y - otherY);
    this.dragged = false;
    this.svg.addEventListener("pointerdown", (event) => {
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
      this.dragged = false;
    });
    window.addEventListener("pointermove", (event) => {
      if (!pointers.has(event.pointerId)) return;
      const before = pointers.get(event.pointerId);
      const now = [event.clientX, event.clientY];
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      if (!this.dragged && !other && distance(before, now) < 5) return;
      pointers.set(event.pointerId, now);
      if (other) this.zoom(distance(now, other) / Math.max(distance(before, other), 1));
      else this.center = this.center.map((at, axis) => at - (now[axis] - before[axis]) / this.scale);
      this.isFitted = false;
      this.isMoved = true;
      this.show();
      this.dragged = true;
    });
    for (const end of ["pointerup", "pointercancel"]) {
      window.addEventListener(end, (event) => pointers.delete(event.pointerId));
    }
    // With Ctrl, as for pages; a pinch on a touch pad is reported like this, too. The wheel alone scrolls the page.
    this.svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 300), this.pointAt(event));
    }, { passive: false });
  }

  pointAt(event) {
    const box = this.svg.getBoundingClientRect();
    const middle = [box.x + box.width / 2, box.y + box.height / 2];
    return [event.clientX, event.clientY].map((at, axis) => this.center[axis] + (at - middle[axis]) / this.scale);
  }
}

// The size of the page's text, relative to the usual one: it is larger on a projector.
function textSize() {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}
