// Mouse, touch and wheel, as movements of the view.

const CLICK_SLACK = 5;

// Dragging and pinching on an element; `on` has pan(dx), pinch(x, factor) and tap(x, y, reach).
export function followPointers(target, on) {
  const pointers = new Map();
  let moved = 0;
  const spread = () => {
    const [one, other] = [...pointers.values()];
    return { distance: Math.max(10, Math.abs(one.x - other.x)), middle: (one.x + other.x) / 2 };
  };
  target.addEventListener('pointerdown', (event) => {
    if (event.button > 0) return;
    const [x, y] = placeOf(target, event);
    if (pointers.size === 0) moved = 0;
    pointers.set(event.pointerId, { x, y });
    target.setPointerCapture(event.pointerId);
    on.down?.(x, y);
  });
  target.addEventListener('pointermove', (event) => {
    const pointer = pointers.get(event.pointerId);
    const [x, y] = placeOf(target, event);
    if (!pointer) {
      on.hover?.(x, y);
      return;
    }
    const before = pointers.size === 2 ? spread() : null;
    const dx = x - pointer.x;
    moved += Math.abs(dx) + Math.abs(y - pointer.y);
    Object.assign(pointer, { x, y });
    if (before) {
      const after = spread();
      moved += CLICK_SLACK;
      on.pinch?.(after.middle, before.distance / after.distance);
      on.pan(after.middle - before.middle, x);
    } else if (moved >= CLICK_SLACK) {
      on.pan(dx, x);
    }
  });
  const lift = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (event.type === 'pointerup' && moved < CLICK_SLACK && pointers.size === 0) {
      on.tap?.(...placeOf(target, event), event.pointerType === 'touch' ? 26 : 14);
    }
  };
  target.addEventListener('pointerup', lift);
  target.addEventListener('pointercancel', lift);
}

function placeOf(target, event) {
  const box = target.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

// The wheel zooms where it is meant for the diagram: once that is chosen, or
// with Ctrl, as a pinch on a touch pad comes; otherwise the page scrolls.
export function followWheel(canvas, on) {
  canvas.addEventListener('wheel', (event) => {
    const lines = event.deltaMode === 1 ? 16 : 1;
    const sideways = event.shiftKey ? event.deltaY + event.deltaX : event.deltaX;
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!isSideways && !event.ctrlKey && !event.metaKey && document.activeElement !== canvas) return;
    event.preventDefault();
    if (isSideways) on.pan(-sideways * lines);
    else on.pinch(placeOf(canvas, event)[0], Math.exp(event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)));
  }, { passive: false });
}
