/*
 * The yardstick of bench/indicators.ts: the same twelve indicators, eighteen series, one scalar fused pass per symbol, as the
 * compiler makes it. Reads the bars (symbols x bars float64, planes high, low, close, volume) from the file argv[1], computes them
 * argv[4] times, prints the median CPU seconds and a checksum over every defined value.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { SMA20, EMA20, EMA50, EMA200, RSI, MACD, SIGNAL, HIST, UPPER, LOWER, ATR, ADX, PDI, MDI, K, D, WILLR, OBV, OUTPUTS };

static double cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + 1e-6 * (u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static double ema(double *v, double x, int i, int period) {
  if (i >= period) return *v += 2.0 / (period + 1) * (x - *v);
  *v += x;
  if (i + 1 < period) return NAN;
  return *v /= period;
}

static void twelve(int n, const double *restrict h, const double *restrict l, const double *restrict c,
                   const double *restrict v, double *restrict o) {
  double e20 = 0, e50 = 0, e200 = 0, fast = 0, slow = 0, sig = 0, gain = 0, loss = 0, obv = 0;
  double shift = c[0], sum = 0, sq = 0, fs = 0, fq = 0;
  double range = 0, plus = 0, minus = 0, adx = 0, r1 = NAN, r2 = NAN, k1 = NAN, k2 = NAN;
  int top = 0, bottom = 0, block = 0;
  for (int i = 0; i < n; i++) {
    double x = c[i];
    o[EMA20 * n + i] = ema(&e20, x, i, 20);
    o[EMA50 * n + i] = ema(&e50, x, i, 50);
    o[EMA200 * n + i] = ema(&e200, x, i, 200);
    double line = ema(&fast, x, i, 12);
    line -= ema(&slow, x, i, 26);
    double s = i >= 25 ? ema(&sig, line, i - 25, 9) : NAN;
    o[MACD * n + i] = line;
    o[SIGNAL * n + i] = s;
    o[HIST * n + i] = line - s;
    double in = x - shift, outgoing = i >= 20 ? c[i - 20] - shift : 0;
    sum += in - outgoing;
    sq += in * in - outgoing * outgoing;
    fs += in;
    fq += in * in;
    if (++block == 20) {
      double move = fs / 20;
      shift += move;
      sum = fs - 20 * move;
      sq = fmax(0, fq - 20 * move * move);
      fs = fq = block = 0;
    }
    double half = 2 * sqrt(fmax(0, (sq - sum * sum / 20) / 20)), middle = shift + sum / 20;
    int warm = i >= 19;
    o[SMA20 * n + i] = warm ? middle : NAN;
    o[UPPER * n + i] = warm ? middle + half : NAN;
    o[LOWER * n + i] = warm ? middle - half : NAN;
    if (h[i] >= h[top]) top = i;
    else if (top <= i - 14) {
      top = i - 13;
      for (int j = i - 12; j <= i; j++) if (h[j] >= h[top]) top = j;
    }
    if (l[i] <= l[bottom]) bottom = i;
    else if (bottom <= i - 14) {
      bottom = i - 13;
      for (int j = i - 12; j <= i; j++) if (l[j] <= l[bottom]) bottom = j;
    }
    double spread = h[top] - l[bottom], raw = NAN;
    if (i >= 13 && spread != 0) {
      raw = 100 * (x - l[bottom]) / spread;
      o[WILLR * n + i] = -100 * (h[top] - x) / spread;
      double k = (raw + r1 + r2) / 3;
      r2 = r1;
      r1 = raw;
      o[K * n + i] = k;
      o[D * n + i] = (k + k1 + k2) / 3;
      k2 = k1;
      k1 = k;
    } else o[WILLR * n + i] = o[K * n + i] = o[D * n + i] = NAN;
    o[RSI * n + i] = o[ATR * n + i] = o[ADX * n + i] = o[PDI * n + i] = o[MDI * n + i] = NAN;
    if (i > 0) {
      double change = x - c[i - 1], up = fmax(change, 0), down = fmax(-change, 0);
      obv += change > 0 ? v[i] : change < 0 ? -v[i] : 0;
      if (i <= 14) {
        gain += up;
        loss += down;
        if (i == 14) gain /= 14, loss /= 14;
      } else gain += (up - gain) / 14, loss += (down - loss) / 14;
      if (i >= 14) o[RSI * n + i] = gain + loss == 0 ? 50 : 100 * gain / (gain + loss);
      double rise = h[i] - h[i - 1], fall = l[i - 1] - l[i], decay = i > 14 ? 1 - 1.0 / 14 : 1;
      range = range * decay + fmax(h[i], c[i - 1]) - fmin(l[i], c[i - 1]);
      plus = plus * decay + (rise > fall && rise > 0 ? rise : 0);
      minus = minus * decay + (fall > rise && fall > 0 ? fall : 0);
      if (i >= 14) {
        double dx = plus + minus == 0 ? 0 : 100 * fabs(plus - minus) / (plus + minus);
        o[ATR * n + i] = range / 14;
        o[PDI * n + i] = range == 0 ? 0 : 100 * plus / range;
        o[MDI * n + i] = range == 0 ? 0 : 100 * minus / range;
        if (i < 28) {
          adx += dx;
          if (i == 27) o[ADX * n + i] = adx /= 14;
        } else o[ADX * n + i] = adx += (dx - adx) / 14;
      }
    }
    o[OBV * n + i] = obv;
  }
}

static int ascending(const void *a, const void *b) {
  double d = *(const double *)a - *(const double *)b;
  return (d > 0) - (d < 0);
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  int symbols = atoi(argv[2]), n = atoi(argv[3]), rounds = atoi(argv[4]);
  size_t plane = (size_t)symbols * n;
  double *data = malloc(4 * plane * sizeof(double)), *out = malloc((size_t)OUTPUTS * n * sizeof(double));
  double *times = malloc(rounds * sizeof(double)), checksum = 0;
  FILE *file = fopen(argv[1], "rb");
  if (!file || fread(data, sizeof(double), 4 * plane, file) != 4 * plane) return 3;
  fclose(file);
  for (int r = 0; r < rounds; r++) {
    double start = cpu();
    for (int s = 0; s < symbols; s++) {
      size_t at = (size_t)s * n;
      twelve(n, data + at, data + plane + at, data + 2 * plane + at, data + 3 * plane + at, out);
      checksum += out[OBV * n + n - 1];
    }
    times[r] = cpu() - start;
  }
  checksum = 0;
  for (int s = 0; s < symbols; s++) {
    size_t at = (size_t)s * n;
    twelve(n, data + at, data + plane + at, data + 2 * plane + at, data + 3 * plane + at, out);
    for (int k = 0; k < OUTPUTS * n; k++) if (!isnan(out[k])) checksum += out[k] / (1 + fabs(out[k]));
  }
  qsort(times, rounds, sizeof(double), ascending);
  printf("{\"seconds\": %.6f, \"checksum\": %.9f}\n", times[rounds / 2], checksum);
  return 0;
}
