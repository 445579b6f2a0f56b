"use strict";

// How well a page answers a search. Among pages with the same words: the reference before lessons, and last what
// mentions everything, or is the code itself. The numbers are those of Sphinx, which reads `Scorer`.
var Scorer = {
  score: ([page, , , , score]) => score + (/^api\//.test(page) ? 2 : /^(tour$|source\/)/.test(page) ? -2 : 0),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
