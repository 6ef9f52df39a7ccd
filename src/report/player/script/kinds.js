// What an event is, and how far it is known where a message came from.

export const INTERNAL = 0, SEND = 1, RECEIVE = 2;

// How the source of a RECEIVE is known, and why a message has no RECEIVE.
export const CERTAIN = 0, AMBIGUOUS = 1, CIRCULAR = 2, REPEATED = 3, MISSING = 4, UNKNOWN = 5, LATER = 6, NEVER = 7;

export const KNOWN_OF = { R: CERTAIN, A: AMBIGUOUS, C: CIRCULAR, D: REPEATED, M: MISSING, U: UNKNOWN };
