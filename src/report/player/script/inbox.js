// The messages of one receiver, in the order of arrival, and its queue.

import { lowerBound, upperBound } from './search.js';

const BLOCK = 64;

// Messages of one receiver in columns, with what is needed to find them fast.
export function makeInbox(run, messages) {
  messages.sort((one, other) => one.arrival - other.arrival || one.pop - other.pop || one.send - other.send);
  const count = messages.length;
  const inbox = {
    count,
    send: Int32Array.from(messages, (message) => message.send),
    receive: Int32Array.from(messages, (message) => message.receive),
    arrival: Float64Array.from(messages, (message) => message.arrival),
    pop: Float64Array.from(messages, (message) => message.pop),
    known: Uint8Array.from(messages, (message) => message.known),
    isGuess: Uint8Array.from(messages, (message) => (message.isGuess ? 1 : 0)),
    seen: new Uint32Array(count),
    lastPop: new Float64Array(count), // the latest pop of this and all that arrived before
    longestTransit: 0,
  };
  let last = -Infinity;
  for (let at = 0; at < count; at += 1) {
    last = Math.max(last, inbox.pop[at]);
    inbox.lastPop[at] = last;
    if (inbox.send[at] >= 0) {
      inbox.longestTransit = Math.max(inbox.longestTransit, inbox.arrival[at] - run.at[inbox.send[at]]);
    }
  }
  inbox.popsInOrder = inbox.pop.slice().sort();
  inbox.knownArrivals = inbox.arrival.filter((_, at) => !inbox.isGuess[at]);
  inbox.knownPops = inbox.pop.filter((_, at) => !inbox.isGuess[at]).sort();
  measureLengths(inbox);
  return inbox;
}

// The length after each arrival, and the largest of each block of them.
function measureLengths(inbox) {
  inbox.length = new Int32Array(inbox.count);
  inbox.lengthOfBlock = new Int32Array(Math.ceil(inbox.count / BLOCK));
  let popped = 0;
  for (let at = 0; at < inbox.count; at += 1) {
    while (popped < inbox.count && inbox.popsInOrder[popped] <= inbox.arrival[at]) popped += 1;
    inbox.length[at] = at + 1 - popped;
    const block = Math.floor(at / BLOCK);
    inbox.lengthOfBlock[block] = Math.max(inbox.lengthOfBlock[block], inbox.length[at]);
  }
  inbox.longest = inbox.length.reduce((most, length) => Math.max(most, length), 0);
}

// The longest that the queue is between two instants: at the first, or at an arrival.
export function longestBetween(inbox, from, to) {
  let at = lowerBound(inbox.arrival, from);
  const end = lowerBound(inbox.arrival, to, at);
  let longest = at - upperBound(inbox.popsInOrder, from);
  while (at < end) {
    const isBlock = at % BLOCK === 0 && at + BLOCK <= end;
    longest = Math.max(longest, isBlock ? inbox.lengthOfBlock[at / BLOCK] : inbox.length[at]);
    at += isBlock ? BLOCK : 1;
  }
  return longest;
}

// The messages that wait at a instant, in their order, at most `limit` of them.
export function waitingAt(inbox, time, limit) {
  const end = upperBound(inbox.arrival, time);
  const waiting = [];
  for (let at = upperBound(inbox.lastPop, time, 0, end); at < end && waiting.length < limit; at += 1) {
    if (inbox.pop[at] > time) waiting.push(at);
  }
  return waiting;
}

// How many messages wait at a instant, at least and at most. A RECEIVE logs the
// length that it leaves; between two of them known arrivals add to it, and what
// came at a time that is not known lies anywhere between.
export function queueAt(run, lane, time) {
  const { inbox, receives, receivesBefore, at } = lane;
  const next = receivesBefore[upperBound(at, time)];
  const knownBy = (instant) => upperBound(inbox.knownArrivals, instant);
  const lengthAfter = (nth) => (nth >= 0 && nth < receives.length ? run.queueLength[receives[nth]] : NaN);
  const before = next === 0 ? 0 : lengthAfter(next - 1);
  const known = knownBy(time);
  const low = Number.isNaN(before)
    ? known - upperBound(inbox.knownPops, time)
    : before + known - (next === 0 ? 0 : knownBy(run.at[receives[next - 1]]));
  const after = lengthAfter(next);
  const sent = upperBound(inbox.arrival, time) - upperBound(inbox.popsInOrder, time);
  const high = Number.isNaN(after) ? sent : Math.min(sent, after + 1 - (knownBy(run.at[receives[next]]) - known));
  return [low, Math.max(low, high)];
}
