// Data as a page has it, made of events that are easy to read.

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

// Numbers as a column of a page; null is the unknown.
export function encode(numbers) {
  return numbers.map((number) => {
    let quantity = number === null ? 1 : Math.abs(number) * 2 + (number < 0 ? 1 : 0);
    let text = '';
    do {
      const rest = Math.floor(quantity / 32);
      text += DIGITS[(quantity % 32) + (rest > 0 ? 32 : 0)];
      quantity = rest;
    } while (quantity > 0);
    return text;
  }).join('');
}

const differences = (values, first = 0) => values.map((value, at) => value - (at > 0 ? values[at - 1] : first));

// A machine's events, each with kind and time in µs; a RECEIVE with from, source (its place among the
// sender's events), clock (of the message), left (in the queue) and transit (from SEND to arrival, in µs).
export function machine(id, events, open = []) {
  const sends = events.filter(({ kind }) => kind === 'S');
  const receives = events.filter(({ kind }) => kind === 'R');
  const clocks = [], messageClocks = [], lastSource = new Map();
  let clock = 0;
  for (const event of events) {
    if (event.kind === 'R') messageClocks.push(event.clock - clock);
    clock = Math.max(clock, event.clock ?? 0) + 1;
    clocks.push(0);
  }
  const sources = receives.map(({ from, source }) => {
    const step = source - (lastSource.get(from) ?? 0);
    lastSource.set(from, source);
    return step;
  });
  return {
    id, clock_rate: 1, events_of_run: events.length, kinds: events.map(({ kind }) => kind).join(''),
    times: encode(differences(differences(events.map(({ at }) => at)))),
    ticks: encode(events.map(() => 0)), clocks: encode(clocks),
    to: encode(sends.map(({ to }) => to)), from: encode(receives.map(({ from }) => from)), sources: encode(sources),
    message_clocks: encode(messageClocks), queue_lengths: encode(differences(receives.map(({ left }) => left))),
    waits: encode(receives.map(({ transit }) => transit)),
    open: {
      count: open.length, sends: encode(differences(open.map(({ send }) => send))), to: encode(open.map(({ to }) => to)),
      transits: encode(open.map(({ transit }) => transit)), later: encode(open.map(() => 0)),
    },
  };
}

export const page = (...machines) => ({ shown: { whole_seconds: false, is_whole: true }, machines });

// Machine 1 sends to 2 at 1 s and at 2 s, and to 2 again at 5 s, which nobody receives. Machine 2 pops
// the first at 4 s and the second at 6 s, and tells 1 at 7 s, which pops it at 9 s.
export const SMALL = page(
  machine(1, [
    { kind: 'S', at: 1e6, to: 2 }, { kind: 'S', at: 2e6, to: 2 }, { kind: 'I', at: 3e6 }, { kind: 'S', at: 5e6, to: 2 },
    { kind: 'R', at: 9e6, from: 2, source: 3, clock: 5, left: 0, transit: 1e6 },
  ], [{ send: 3, to: 2, transit: 1e6 }]),
  machine(2, [
    { kind: 'I', at: 3e6 }, { kind: 'R', at: 4e6, from: 1, source: 0, clock: 1, left: 1, transit: 5e5 },
    { kind: 'R', at: 6e6, from: 1, source: 1, clock: 2, left: 1, transit: 5e5 }, { kind: 'S', at: 7e6, to: 1 },
  ]),
);
