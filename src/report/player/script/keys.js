// Which key does what, by the names of actions.

export const LANE_KEYS = {
  ArrowLeft: 'previous', ArrowRight: 'next', ArrowUp: 'up', ArrowDown: 'down', 'Shift+ArrowLeft': 'left', 'Shift+ArrowRight': 'right',
  n: 'nextOverall', p: 'previousOverall', m: 'message', Home: 'home', End: 'end', '+': 'in', '=': 'in', '-': 'out', '−': 'out',
  0: 'whole', c: 'clocks', Escape: 'clear',
};
export const OVERVIEW_KEYS = {
  ArrowLeft: 'left', ArrowRight: 'right', ArrowDown: 'left', ArrowUp: 'right', PageDown: 'pageLeft', PageUp: 'pageRight',
  Home: 'beginning', End: 'ending', '+': 'in', '=': 'in', '-': 'out', 0: 'whole',
};

// The action that a key asks for; with Ctrl, Alt or Meta it is the browser's.
export function actionOf(keys, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  return keys[(event.shiftKey && event.key.startsWith('Arrow') ? 'Shift+' : '') + event.key];
}

export function followKeys(target, keys, actions) {
  target.addEventListener('keydown', (event) => {
    const action = actionOf(keys, event);
    if (!action) return;
    event.preventDefault();
    actions[action]();
  });
}
