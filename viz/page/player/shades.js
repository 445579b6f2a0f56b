"use strict";

// Gradients as colours, as in `viz.draw(...)` by gradient: the sign, and deeper with each power of ten.

const DECADES = 4;
const FAINTEST = 0.08;

class GradientScale {
  // The scale that reaches up to the largest of some gradients.
  constructor(gradients) {
    const sizes = gradients.map(Math.abs).filter(Number.isFinite);
    this.largest = sizes.reduce((largest, size) => Math.max(largest, size), 0) || 1;
  }

  // How deep, from -1 to 1; 0 for an unknown gradient, too.
  shade(gradient) {
    if (!gradient) return 0;
    const decades = Math.log10(Math.abs(gradient) / this.largest);
    return Math.sign(gradient) * Math.min(1, Math.max(FAINTEST, 1 + decades / DECADES));
  }

  // Some gradients for a legend, the most negative first.
  stops() {
    const sizes = [1, 0.01].map((share) => share * this.largest);
    return [...sizes.map((size) => -size), 0, ...sizes.reverse()];
  }
}

// Give an element the colour of a gradient; null for none.
function setShade(target, shade) {
  target.classList.toggle("positive", shade !== null && shade >= 0);
  target.classList.toggle("negative", shade !== null && shade < 0);
  if (shade !== null) target.style.setProperty("--depth", `${Math.round(100 * Math.abs(shade))}%`);
}
