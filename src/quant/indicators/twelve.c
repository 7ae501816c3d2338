/*
 * Source of twelve-wasm.generated.ts: the twelve indicators of twelve.ts for two symbols at once, one in each half of a vector.
 * Built by build-twelve.sh. What scalar code loses here is branches that the processor guesses wrong: none depends on a price.
 */
#include <wasm_simd128.h>

typedef v128_t v2;
#define ADD wasm_f64x2_add
#define SUB wasm_f64x2_sub
#define MUL wasm_f64x2_mul
#define DIV wasm_f64x2_div
#define MAX(a, b) wasm_f64x2_pmax(a, b)
#define MIN(a, b) wasm_f64x2_pmin(a, b)
#define ALL(x) wasm_f64x2_splat(x)
#define PICK(mask, a, b) wasm_v128_bitselect(a, b, mask)

enum { SMA20, EMA20, EMA50, EMA200, RSI, MACD, SIGNAL, HIST, UPPER, LOWER, ATR, ADX, PDI, MDI, K, D, WILLR, OBV };

/* Planes of `capacity` doubles: inputs high, low, close, volume and outputs as above, of the first symbol, then the second. */
static inline v2 at(const double *in, int capacity, int plane, int i) {
  const double *p = in + 2 * plane * capacity + i;
  return wasm_v128_load64_lane(p + capacity, wasm_v128_load64_zero(p), 1);
}
static inline void put(double *out, int capacity, int plane, int i, v2 x) {
  double *p = out + 2 * plane * capacity + i;
  wasm_v128_store64_lane(p, x, 0);
  wasm_v128_store64_lane(p + capacity, x, 1);
}

/* One step of a recursive average that has taken `i` values before; NaN until it has its seed. */
static inline v2 average(v2 *value, v2 x, int i, int period, double alpha) {
  if (i >= period) return *value = ADD(*value, MUL(ALL(alpha), SUB(x, *value)));
  *value = ADD(*value, x);
  if (i + 1 < period) return ALL(__builtin_nan(""));
  return *value = DIV(*value, ALL(period));
}

static v2 highTail[15], lowTail[15];

static void tails(const double *in, int capacity, int block) {
  v2 top = at(in, capacity, 0, block - 1), bottom = at(in, capacity, 1, block - 1);
  highTail[14] = at(in, capacity, 0, block);
  lowTail[14] = at(in, capacity, 1, block);
  for (int place = 13; place >= 1; place--) {
    top = MAX(top, at(in, capacity, 0, block - 14 + place));
    bottom = MIN(bottom, at(in, capacity, 1, block - 14 + place));
    highTail[place] = top;
    lowTail[place] = bottom;
  }
}

/* Returns bit 0 when the first symbol has no gap (see run.ts), bit 1 for the second; the series of one that has are worth nothing. */
__attribute__((export_name("twelve"))) int twelve(int n, int capacity, const double *in, double *out) {
  const v2 zero = ALL(0), nan = ALL(__builtin_nan("")), hundred = ALL(100);
  v2 e20 = zero, e50 = zero, e200 = zero, fast = zero, slow = zero, signal = zero, gain = zero, loss = zero, obv = zero;
  v2 shift = at(in, capacity, 2, 0), sum = zero, square = zero, freshSum = zero, freshSquare = zero, run = ALL(1);
  v2 range = zero, plus = zero, minus = zero, adx = zero, raw1 = nan, raw2 = nan, k1 = nan, k2 = nan;
  v2 usable = wasm_f64x2_eq(zero, zero);
  v2 top = zero, bottom = zero, h0 = zero, l0 = zero, c0 = zero;
  int bandBlock = 0, place = 14;
  for (int i = 0; i < n; i++) {
    v2 h = at(in, capacity, 0, i), l = at(in, capacity, 1, i), c = at(in, capacity, 2, i), v = at(in, capacity, 3, i);
    v2 size = ADD(ADD(wasm_f64x2_abs(h), wasm_f64x2_abs(l)), ADD(wasm_f64x2_abs(c), wasm_f64x2_abs(v)));
    usable = wasm_v128_and(usable, wasm_f64x2_lt(size, ALL(1e100)));
    put(out, capacity, EMA20, i, average(&e20, c, i, 20, 2.0 / 21));
    put(out, capacity, EMA50, i, average(&e50, c, i, 50, 2.0 / 51));
    put(out, capacity, EMA200, i, average(&e200, c, i, 200, 2.0 / 201));
    v2 line = average(&fast, c, i, 12, 2.0 / 13);
    line = SUB(line, average(&slow, c, i, 26, 2.0 / 27));
    v2 smooth = i >= 25 ? average(&signal, line, i - 25, 9, 2.0 / 10) : nan;
    put(out, capacity, MACD, i, line);
    put(out, capacity, SIGNAL, i, smooth);
    put(out, capacity, HIST, i, SUB(line, smooth));

    v2 entering = SUB(c, shift), leaving = i >= 20 ? SUB(at(in, capacity, 2, i - 20), shift) : zero;
    v2 enteringSquare = MUL(entering, entering);
    sum = ADD(sum, SUB(entering, leaving));
    square = ADD(square, SUB(enteringSquare, MUL(leaving, leaving)));
    freshSum = ADD(freshSum, entering);
    freshSquare = ADD(freshSquare, enteringSquare);
    if (++bandBlock == 20) {
      v2 move = DIV(freshSum, ALL(20));
      shift = ADD(shift, move);
      sum = SUB(freshSum, MUL(ALL(20), move));
      square = MAX(SUB(freshSquare, MUL(ALL(20), MUL(move, move))), zero);
      freshSum = freshSquare = zero;
      bandBlock = 0;
    }
    if (i > 0) run = PICK(wasm_f64x2_eq(c, c0), ADD(run, ALL(1)), ALL(1));
    if (i >= 19) {
      v2 flat = wasm_f64x2_ge(run, ALL(20));
      v2 variance = MUL(SUB(square, MUL(MUL(sum, sum), ALL(1.0 / 20))), ALL(1.0 / 20));
      v2 spread = PICK(flat, zero, MUL(ALL(2), wasm_f64x2_sqrt(MAX(variance, zero))));
      v2 middle = PICK(flat, c, ADD(shift, MUL(sum, ALL(1.0 / 20))));
      put(out, capacity, SMA20, i, middle);
      put(out, capacity, UPPER, i, ADD(middle, spread));
      put(out, capacity, LOWER, i, SUB(middle, spread));
    } else {
      put(out, capacity, SMA20, i, nan);
      put(out, capacity, UPPER, i, nan);
      put(out, capacity, LOWER, i, nan);
    }

    if (place == 14) {
      if (i > 0) tails(in, capacity, i);
      else
        for (int p = 0; p < 15; p++) highTail[p] = h, lowTail[p] = l;
      top = h;
      bottom = l;
      place = 0;
    }
    top = MAX(top, h);
    bottom = MIN(bottom, l);
    place++;
    v2 williams = nan, k = nan, d = nan;
    if (i >= 13) {
      v2 highest = MAX(top, highTail[place]), lowest = MIN(bottom, lowTail[place]);
      v2 spread = SUB(highest, lowest), some = wasm_f64x2_ne(spread, zero);
      v2 share = PICK(some, DIV(hundred, spread), nan);
      williams = MUL(SUB(c, highest), share);
      v2 raw = MUL(SUB(c, lowest), share);
      k = MUL(ADD(ADD(raw, raw1), raw2), ALL(1.0 / 3));
      d = MUL(ADD(ADD(k, k1), k2), ALL(1.0 / 3));
      raw2 = PICK(some, raw1, raw2);
      raw1 = PICK(some, raw, raw1);
      k2 = PICK(some, k1, k2);
      k1 = PICK(some, k, k1);
    }
    put(out, capacity, K, i, k);
    put(out, capacity, D, i, d);
    put(out, capacity, WILLR, i, williams);

    v2 strength = nan, atr = nan, index = nan, plusDi = nan, minusDi = nan;
    if (i > 0) {
      v2 change = SUB(c, c0), up = MAX(change, zero), down = SUB(up, change);
      obv = ADD(obv, wasm_v128_and(wasm_f64x2_gt(change, zero), v));
      obv = SUB(obv, wasm_v128_and(wasm_f64x2_lt(change, zero), v));
      average(&gain, up, i - 1, 14, 1.0 / 14);
      average(&loss, down, i - 1, 14, 1.0 / 14);
      v2 rise = MAX(SUB(h, h0), zero), fall = MAX(SUB(l0, l), zero), decay = ALL(i > 14 ? 1 - 1.0 / 14 : 1);
      range = ADD(MUL(range, decay), SUB(MAX(h, c0), MIN(l, c0)));
      plus = ADD(MUL(plus, decay), wasm_v128_and(wasm_f64x2_gt(rise, fall), rise));
      minus = ADD(MUL(minus, decay), wasm_v128_and(wasm_f64x2_gt(fall, rise), fall));
      if (i >= 14) {
        v2 both = ADD(gain, loss), moved = ADD(plus, minus);
        strength = PICK(wasm_f64x2_eq(both, zero), ALL(50), DIV(MUL(hundred, gain), both));
        atr = MUL(range, ALL(1.0 / 14));
        v2 scale = PICK(wasm_f64x2_eq(range, zero), zero, DIV(hundred, range));
        plusDi = MUL(plus, scale);
        minusDi = MUL(minus, scale);
        v2 dx = DIV(MUL(hundred, wasm_f64x2_abs(SUB(plus, minus))), moved);
        index = average(&adx, PICK(wasm_f64x2_eq(moved, zero), zero, dx), i - 14, 14, 1.0 / 14);
      }
    }
    put(out, capacity, RSI, i, strength);
    put(out, capacity, ATR, i, atr);
    put(out, capacity, ADX, i, index);
    put(out, capacity, PDI, i, plusDi);
    put(out, capacity, MDI, i, minusDi);
    put(out, capacity, OBV, i, obv);
    h0 = h;
    l0 = l;
    c0 = c;
  }
  return wasm_i64x2_bitmask(usable);
}
