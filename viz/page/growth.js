"use strict";

// How one view becomes another: boxes and frames move from where they, or what they are in, were before. Nothing waits
// for the end of it.

const MOTION = 300;
const MOST_MOVING = 400;

// `before` is the scene that was, `from` the transform of the picture then.
function grow(graph, before, from) {
  const moving = [...graph.scene.places.keys()].filter((box) => !graph.boxes.get(box)?.isAway);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || moving.length > MOST_MOVING) return;
  const timing = { duration: MOTION, easing: "ease" };
  const turn = (element, ...frames) => element.animate(frames, timing);
  turn(graph.picture, { transform: inPixels(from) }, { transform: inPixels(graph.picture.getAttribute("transform")) });
  turn(graph.layers.lines, { opacity: 0 }, { opacity: 0, offset: 0.5 }, { opacity: 1 });
  for (const box of moving) {
    const was = before.places.get(box) ?? before.places.get(homeIn(before, box));
    if (!was) continue;
    const now = graph.scene.places.get(box);
    // A frame is drawn at its place, a box at the origin.
    const back = graph.frames.has(box - graph.record.nodes.length) ? `translate(${-now.x}px, ${-now.y}px)` : "";
    turn(graph.groupOf(box),
      { transform: `${moved(was)} scale(${was.width / now.width}, ${was.height / now.height}) ${back}`,
        opacity: before.places.has(box) ? 1 : 0 },
      { transform: `${moved(now)} scale(1, 1) ${back}`, opacity: 1 });
  }
}

function moved({ x, y }) {
  return `translate(${x}px, ${y}px)`;
}

function inPixels(transform) {
  return transform.replace(/translate\((\S+) (\S+)\)/, "translate($1px, $2px)");
}

// The box, in another view, in which a node or a part is to be found there.
function homeIn(scene, box) {
  const { nodes, parts } = scene.record;
  if (box < nodes.length) return scene.homes[box];
  const around = partsAround(scene.record, parts[box - nodes.length].parent);
  return boxOfPart(scene.record, around.find((part) => scene.places.has(boxOfPart(scene.record, part))) ?? -1);
}
