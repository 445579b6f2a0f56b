// The rest of a division, which JavaScript has as C does: exact, with the sign of the dividend.
function exactFmod(x, y) {
  return x % y;
}
