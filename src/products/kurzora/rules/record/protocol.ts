/**
 * How scores are held to what came after (one protocol for the replay of history and for the live ledger). A score given at a
 * session's close buys at the next open; stop 1 ATR 14 below, target 2 ATR above, sold at the close of the 20th session.
 * Both in one bar: the stop. A driftless price reaches 2R before 1R a third of the time, less what runs out of time.
 */
export const PROTOCOL = Object.freeze({
  /** Daily bars of Wilder's average true range that the risk is measured by. */
  atrPeriod: 14,
  /** Target in R (multiples of the risk). */
  multiple: 2,
  /** Sessions held at most. */
  horizon: 20,
  /** Charged at the entry and at the exit, share of the price: spread, slippage and fees. */
  costRate: 0.0005,
  /** A gain beyond this many R is a fault of the data (an unrecorded split) as a rule, and counts as this much. */
  mostR: 10,
  /** Sessions in a block of the bootstrap: as long as a trade can last, since trades of that many days overlap. */
  blockSessions: 20,
  resamples: 1000,
  /** Scores of fewer events are told together with their neighbours. */
  leastEvents: 200,
  /** Sessions of known outcomes before the first forecast. */
  leastTraining: 60,
});
