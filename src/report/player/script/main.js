// The player of this page.

import { startPlayer } from './player.js';
import { listen } from './listen.js';
import { expose } from './api.js';

const root = document.getElementById('player');
const source = document.getElementById('player-data');

if (root && source) {
  const began = performance.now();
  const player = startPlayer(root, JSON.parse(source.textContent));
  listen(player);
  player.stage.startMs = performance.now() - began;
  window.labctlPlayer = expose(player);
}
