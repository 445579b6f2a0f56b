"use strict";

// Two-sided colours: one below the middle, another above it, and deeper the farther away.

const SHADES = 255;

class TwoSided {
  // As the style sheet has them: --low, --middle and --high, in the colour scheme of the reader.
  constructor(place) {
    const colors = ["--low", "--middle", "--high"].map((name) => channels(place, name));
    this.texts = Array.from({ length: SHADES }, (_, index) => mixed(colors, (2 * index) / (SHADES - 1) - 1));
    this.words = new Uint32Array(this.texts.map(([red, green, blue]) => word(red, green, blue)));
  }

  // The shade of a number from -1 to 1; beyond, that of the end. NaN has that of the middle.
  index(share) {
    const known = Number.isNaN(share) ? 0 : Math.min(1, Math.max(-1, share));
    return Math.round(((known + 1) / 2) * (SHADES - 1));
  }

  text(share) {
    return `rgb(${this.texts[this.index(share)].join(" ")})`;
  }

  // A grid of numbers as an image: the first row is the lowest.
  image({ values, size }, { middle, reach }) {
    const image = new ImageData(size, size);
    const pixels = new Uint32Array(image.data.buffer);
    for (let row = 0; row < size; row += 1) {
      const start = (size - 1 - row) * size;
      for (let column = 0; column < size; column += 1) {
        pixels[start + column] = this.words[this.index((values[row * size + column] - middle) / reach)];
      }
    }
    return image;
  }
}

// A custom property is text; the colour that it means here is that of an element which has it.
function channels(place, name) {
  const probe = element("span", { style: `color: var(${name})` });
  place.append(probe);
  const found = getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
  probe.remove();
  return found;
}

function mixed([low, middle, high], share) {
  const end = share < 0 ? low : high;
  return middle.map((from, index) => Math.round(from + (end[index] - from) * Math.abs(share)));
}

// A pixel as the memory of the image has it: the order of its bytes is that of the machine.
function word(red, green, blue) {
  return new Uint32Array(new Uint8Array([red, green, blue, 255]).buffer)[0];
}
