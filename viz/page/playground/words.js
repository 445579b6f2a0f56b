"use strict";

// The words of the page, each in a plain sentence: in a list, and where the pointer rests on one.

const ACTIVATIONS = {
  tanh: "squeezes every number smoothly into the range from -1 to 1",
  sigmoid: "squeezes every number smoothly into the range from 0 to 1",
  relu: "keeps what is above 0, and makes 0 of the rest",
};

// [word, sentence] of what there is in this page.
function wordsOf({ layers, optimizerName }, { hasSeeds, hasTrials }) {
  const used = [...new Set(layers.map(({ activation }) => activation))].filter((name) => name in ACTIVATIONS);
  const hasBias = layers.some(({ neurons }) => neurons.some(({ bias }) => bias !== null));
  const terms = `its inputs, each times its weight${hasBias ? ", and its bias" : ""}`;
  const words = [
    ["loss", "How wrong all the answers are, in one number: the smaller, the better.", true],
    ["neuron", `It adds ${terms}; its activation turns this sum into its answer.`, layers.length],
    ["weight", "The number by which a neuron multiplies one of its inputs. It is learned.", layers.length],
    ["bias", "The number b that a neuron adds to its sum. It is learned.", hasBias],
    ...used.map((name) => [name, `An activation: it ${ACTIVATIONS[name]}.`, true]),
    ["grad", "How fast the loss grows when a number is raised a little: below 0, the loss falls.", true],
    ["gradient", "The grads of all numbers together.", true],
    ["learning rate", "How far the numbers go in a step.", true],
    ["optimizer", `The rule that makes the next number of a number and its grad. Here it is ${optimizerName}.`, true],
    ["seed", "It stands for the random numbers of the start: the same seed, the same start.", hasSeeds],
    ["95 % interval", "What share of all seeds may learn, as far as these few can tell: of a hundred such intervals, "
      + "some 95 contain the true share.", hasTrials],
  ];
  return words.filter(([, , occurs]) => occurs);
}

function showWords(list, words) {
  list.append(...words.flatMap(([word, sentence]) => [element("dt", {}, word), element("dd", {}, sentence)]));
  for (const [word, sentence] of words) {
    for (const place of document.querySelectorAll(`[data-word="${word}"]`)) place.title = sentence;
  }
}
