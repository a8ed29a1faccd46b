/// e^x lane by lane, with the same bits on any registers: sums and fused multiply-adds in a fixed order.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2, n rounded by adding `magic`, a number so large that its last bit counts ones.
/// e^r - 1 is Taylor's series to the term that is below half a unit in the last place of 1; 2^n is written into the
/// exponent's bits, in two halves, so that results near the ends of the range come out right.
#pragma once

// Functions that call each other would pass vectors in memory or in registers, depending on the instruction set, if they
// were ever called: they are always inlined.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

/// 2^n for a whole n whose exponent is that of a normal number.
#define KILN_POWER_OF_TWO(suffix, vector, bits, magic, bias, shift)                                               \
  static inline __attribute__((always_inline)) vector kiln_power_of_two_##suffix(vector n) {                     \
    return (vector)((bits)(n + (vector)(magic + bias)) << shift);                                                \
  }
KILN_POWER_OF_TWO(float16, kiln_float16, kiln_int16, 0x1.8p23f, 127, 23)
KILN_POWER_OF_TWO(double16, kiln_double16, kiln_long16, 0x1.8p52, 1023, 52)

static inline __attribute__((always_inline)) kiln_float16 kiln_series_float16(kiln_float16 r) {
  kiln_float16 sum = (kiln_float16)(1 / 5040.f);
  sum = __builtin_elementwise_fma(sum, r, (kiln_float16)(1 / 720.f));
  sum = __builtin_elementwise_fma(sum, r, (kiln_float16)(1 / 120.f));
  sum = __builtin_elementwise_fma(sum, r, (kiln_float16)(1 / 24.f));
  sum = __builtin_elementwise_fma(sum, r, (kiln_float16)(1 / 6.f));
  sum = __builtin_elementwise_fma(sum, r, (kiln_float16)(1 / 2.f));
  return __builtin_elementwise_fma(sum * r, r, r);
}

static inline __attribute__((always_inline)) kiln_double16 kiln_series_double16(kiln_double16 r) {
  kiln_double16 sum = (kiln_double16)(1 / 6227020800.0);
  sum = __builtin_elementwise_fma(sum, r, (kiln_double16)(1 / 479001600.0));
  sum = __builtin_elementwise_fma(sum, r, (kiln_double16)(1 / 39916800.0));
  sum = __builtin_elementwise_fma(sum, r, (kiln_double16)(1 / 3628800.0));
  sum = __builtin_elementwise_fma(sum, r, (kiln_double16)(1 / 362880.0));
  sum = __builtin_elementwise_fma(sum, r, (kiln_double16)(1 / 40320.0));
  sum = __builtin_elementwise_fma(sum, r, (kiln_double16)(1 / 5040.0));
  sum = __builtin_elementwise_fma(sum, r, (kiln_double16)(1 / 720.0));
  sum = __builtin_elementwise_fma(sum, r, (kiln_double16)(1 / 120.0));
  sum = __builtin_elementwise_fma(sum, r, (kiln_double16)(1 / 24.0));
  sum = __builtin_elementwise_fma(sum, r, (kiln_double16)(1 / 6.0));
  sum = __builtin_elementwise_fma(sum, r, (kiln_double16)(1 / 2.0));
  return __builtin_elementwise_fma(sum * r, r, r);
}

/// `least` and `most` are exponents whose results are 0 and infinity; comparisons let NaN pass.
/// `high` has so few bits that its multiples by n are exact.
#define KILN_EXPONENTIAL(suffix, vector, magic, inverse, high, low, least, most)                                  \
  static inline __attribute__((always_inline)) vector kiln_exponential_##suffix(vector x) {                      \
    x = x < (vector)least ? (vector)least : x;                                                                   \
    x = x > (vector)most ? (vector)most : x;                                                                     \
    vector n = __builtin_elementwise_fma(x, (vector)inverse, (vector)magic) - (vector)magic;                     \
    vector r = __builtin_elementwise_fma(n, (vector)low, __builtin_elementwise_fma(n, (vector)high, x));         \
    vector half = __builtin_elementwise_fma(n, (vector)0.5, (vector)magic) - (vector)magic;                      \
    vector first = kiln_power_of_two_##suffix(half);                                                             \
    return __builtin_elementwise_fma(kiln_series_##suffix(r), first, first) *                                    \
           kiln_power_of_two_##suffix(n - half);                                                                 \
  }                                                                                                              \
  /* e^x - 1 for x in [-80, 0], and what -80 gives below: -1 */                                                  \
  static inline __attribute__((always_inline)) vector kiln_exponential_less_one_##suffix(vector x) {             \
    x = x < (vector)(-80) ? (vector)(-80) : x;                                                                   \
    vector n = __builtin_elementwise_fma(x, (vector)inverse, (vector)magic) - (vector)magic;                     \
    vector r = __builtin_elementwise_fma(n, (vector)low, __builtin_elementwise_fma(n, (vector)high, x));         \
    vector power = kiln_power_of_two_##suffix(n);                                                                \
    return __builtin_elementwise_fma(kiln_series_##suffix(r), power, power - (vector)1);                         \
  }
KILN_EXPONENTIAL(
    float16, kiln_float16, 0x1.8p23f, 0x1.715476p+0f, -0x1.62e4p-1f, -0x1.7f7d1cp-20f, -110.f, 100.f)
KILN_EXPONENTIAL(
    double16, kiln_double16, 0x1.8p52, 0x1.71547652b82fep+0, -0x1.62e42feep-1, -0x1.a39ef35793c76p-33, -760., 720.)

#pragma clang diagnostic pop
