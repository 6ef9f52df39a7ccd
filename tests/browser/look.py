"""How pages of every kind look: on a phone, a tablet and a screen, light and dark."""

from pathlib import Path

WIDTHS = (375, 768, 1280)
SCHEMES = ("light", "dark")
# Smaller text is not read.
FONT_LEAST = 9

# Everything is shown, as a reader would who unfolds all of it.
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; });"

# What is wrong with how the page is laid out, in words; nothing else is returned.
FAULTS = """
const [fontLeast] = arguments, faults = [];
const wide = document.documentElement.scrollWidth - innerWidth;
if (wide > 0) faults.push(`the page is ${wide} pixels too wide`);
const short = (text) => text.trim().replace(/\\s+/g, ' ').slice(0, 60);
const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
const scrolls = (one) => one.closest('.scroll, pre, .player, .skip') !== null;
for (const one of document.querySelectorAll('h1, h2, h3, h4, h5, h6, p, li, figcaption, summary')) {
  if (!seen(one) || scrolls(one)) continue;
  const box = one.getBoundingClientRect();
  if (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline') faults.push(`cut: ${short(one.textContent)}`);
  if (box.left < -1 || box.right > innerWidth + 1) faults.push(`beyond the edge: ${short(one.textContent)}`);
}
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const one = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || one.closest('script, style, title, desc, canvas') || !seen(one)) continue;
  const svg = one.closest('svg');
  const size = parseFloat(getComputedStyle(one).fontSize) * (svg ? svg.getScreenCTM().a : 1);
  if (size < fontLeast) faults.push(`${size.toFixed(1)} pixels high: ${short(texts.currentNode.data)}`);
}
for (const figure of document.querySelectorAll('figure[id]')) {
  const drawings = [...figure.querySelectorAll('svg')].filter(seen);
  if (drawings.length !== 1) { faults.push(`${drawings.length} drawings are seen of ${figure.id}`); continue; }
  const page = drawings[0].getBoundingClientRect();
  for (const text of drawings[0].querySelectorAll('text')) {
    const box = text.getBoundingClientRect();
    const out = Math.max(page.left - box.left, box.right - page.right, page.top - box.top, box.bottom - page.bottom);
    if (out > 1) faults.push(`${out.toFixed(0)} pixels outside of ${figure.id}: ${short(text.textContent)}`);
  }
}
const ids = [...document.querySelectorAll('figure[id] .finding')].map((one) => one.textContent);
for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) faults.push(`twice: ${short(id)}`);
return faults.slice(0, 12);
"""

AXE = """
return axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap((rule) =>
  rule.nodes.slice(0, 3).map((node) => `${rule.id}: ${node.html.slice(0, 160)} ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ''}`)));
"""


def views(page, names):
    """Opens each of the pages at each width in both themes, all of it unfolded."""
    for name in names:
        for width in WIDTHS:
            for scheme in SCHEMES:
                page.open(name, (width, 900), is_phone=width < 500, prefers_color_scheme=scheme)
                page.js(UNFOLD)
                page.rest()
                yield f"{name}, {width} pixels, {scheme}"


def faults(page):
    return page.js(FAULTS, FONT_LEAST)


def axe_faults(page, axe: Path):
    """What axe-core finds."""
    page.js(axe.read_text() + "\nwindow.axe = axe;")
    return page.js(AXE)


def first_chart_px(page):
    """Where the first chart begins, from the top of the page; 0 where there is none."""
    return page.js("const chart = document.querySelector('figure[id] .drawing');"
                   "return chart ? chart.getBoundingClientRect().top + scrollY : 0")
