"use strict";

// Elements are made, never parsed: a label is shown as it is, whatever it looks like.

const SVG = "http://www.w3.org/2000/svg";

function byId(id) {
  return document.getElementById(id);
}

function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

function drawn(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// A switch with its words.
function checkbox(value, ...words) {
  return element("label", {}, element("input", { type: "checkbox", value }), " ", ...words);
}

// The values of the switches in an element that are on.
function checkedIn(container) {
  return new Set([...container.querySelectorAll("input:checked")].map(({ value }) => value));
}

// Another text in the place of the one that an element has: a text node that stays is the least to lay out again.
function setText(target, text) {
  const { firstChild } = target;
  if (firstChild?.nodeType !== Node.TEXT_NODE) target.textContent = text;
  else if (firstChild.data !== text) firstChild.data = text;
}
