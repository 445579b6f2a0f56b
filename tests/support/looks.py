"""How a page looks: what its texts stand on, and what has a name and can be reached."""

# The beginning of a script: it puts (kind, text, colour, background) of each element with text of its own into `found`.
PAGE_TEXTS = """
function solid(color) {
  const channels = color.match(/[\\d.]+/g).map(Number);
  return channels.length < 4 || channels[3] > 0 ? channels.slice(0, 3) : null;
}
function backgroundOf(element) {
  for (let at = element; at; at = at.parentElement) {
    const found = solid(getComputedStyle(at).backgroundColor);
    if (found) return found;
  }
  return [255, 255, 255];
}
function hasText(element) {
  return [...element.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
}
const found = [];
for (const element of document.querySelectorAll("body *:not(svg *):not(script):not(option)")) {
  if (!hasText(element) || !element.getClientRects().length || element.closest("[aria-disabled=true]")) continue;
  const color = solid(getComputedStyle(element).color);
  if (color) found.push([element.tagName, element.textContent, color, backgroundOf(element)]);
}
"""

NAMES = """
const names = ["for", "aria-labelledby", "aria-describedby", "aria-controls"];
return [[...document.querySelectorAll("[id]")].map((found) => found.id), names.flatMap((name) =>
  [...document.querySelectorAll(`[${name}]`)].flatMap((found) => found.getAttribute(name).split(" ")))];
"""


def check_references(page):
    """Assert that no two elements have one id, and that each reference to an id leads to one; some there must be."""
    ids, referred = page.run(NAMES)
    assert len(ids) == len(set(ids))
    assert set() < set(referred) <= set(ids)


def nameless(page, part="body"):
    """What can be used or reached in a part of the page and has no accessible name, of what is shown."""
    used = [found for found in page.all(f"{part} :is(button, select, input, [tabindex])") if found.is_displayed()]
    assert len(used) > 5
    return [element.get_attribute("outerHTML") for element in used if not element.accessible_name.strip()]
