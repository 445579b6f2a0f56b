// Python raises where IEEE's arithmetic goes on with NaN or an infinity. So do these.

// These give an infinity where they are too large, in Python too.
const UNBOUNDED = ["degrees", "hypot", "radians"];

// The result of a function, if Python has one.
function checked(name, result, x, y) {
  if (result - result === 0) return result;
  const operands = y === undefined ? [x] : [x, y];
  const at = `at ${operands.join(", ")}`;
  if (Number.isNaN(result) && !operands.some(Number.isNaN)) throw new RangeError(`${name} has no value ${at}`);
  if (!Number.isNaN(result) && !UNBOUNDED.includes(name) && operands.every(Number.isFinite)) {
    throw new RangeError(`${name} is too large for a float ${at}`);
  }
  return result;
}

function div(x, y) {
  if (y === 0) throw new RangeError(`division of ${x} by zero`);
  return x / y;
}

// What a run gives, if all of it is finite: as in Python, a run that fails gives nothing.
function finished(outputs, updates) {
  for (const [kind, numbers] of [["output", outputs], ["update", updates]]) {
    const place = numbers.findIndex((number) => !Number.isFinite(number));
    if (place >= 0) throw new RangeError(`${kind} ${place} is ${numbers[place]}`);
  }
  return { outputs, updates };
}
