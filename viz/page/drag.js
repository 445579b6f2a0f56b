"use strict";

// Dragging from side to side, as over a number: `onMove` gets the pixels since the start, and whether Shift is held. It
// is called at most once a frame, however many events a pointer sends.

const FIRST_PIXELS = 3;

function onSideways(target, { onStart, onMove }) {
  let start = null;
  let latest = null;
  let frame = null;

  function move() {
    frame = null;
    onMove(latest.clientX - start, latest.shiftKey);
  }

  target.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    // What is dragged here is not the picture around it.
    event.stopPropagation();
    target.setPointerCapture(event.pointerId);
    start = event.clientX;
    latest = null;
    onStart();
  });
  target.addEventListener("pointermove", (event) => {
    if (start === null || (!latest && Math.abs(event.clientX - start) < FIRST_PIXELS)) return;
    latest = event;
    frame ??= requestAnimationFrame(move);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    target.addEventListener(end, () => {
      if (frame !== null) {
        cancelAnimationFrame(frame);
        move();
      }
      start = null;
    });
  }
}
