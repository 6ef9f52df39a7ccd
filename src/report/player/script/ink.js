// The colours of the page, and how strong they are.

export const FADED = 0.16;
const PAGE_INKS = ['ink', 'muted', 'line', 'paper'];
const PLAYER_INKS = ['internal', 'send', 'receive', 'past', 'future', 'chain', 'open'];

// The colours that the page has just now.
export function readInk(root) {
  const style = getComputedStyle(root);
  const read = (name) => style.getPropertyValue(name).trim();
  const ink = { font: style.fontFamily };
  PAGE_INKS.forEach((name) => { ink[name] = read(`--${name}`); });
  PLAYER_INKS.forEach((name) => { ink[name] = read(`--player-${name}`); });
  return ink;
}
