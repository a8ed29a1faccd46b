/// Channels into the lanes: transposition of eight vectors of sixteen images, and arithmetic on half a vector.
#pragma once

typedef float kiln_float8 __attribute__((ext_vector_type(8)));
typedef double kiln_double8 __attribute__((ext_vector_type(8)));

#define KILN_SHUFFLE __builtin_shufflevector

/// Eight vectors `step` apart, those from `count` on repeating the last, become sixteen rows of eight values, `row` values
/// apart: to[image][channel] = from[channel][image]. Three rounds of exchanges, of values, pairs and quadruples, each within
/// half a vector, as AVX2 has them.
#define KILN_TRANSPOSE_CHANNELS(suffix, scalar, vector, half)                                                                     \
  static inline __attribute__((always_inline)) void kiln_transpose_channels_##suffix(                                   \
      const scalar *channels, long step, long count, scalar *to, long row) {                                            \
    const vector *from = (const vector *)channels;                                                                       \
    vector a[8], b[8];                                                                                                   \
    for (int i = 0; i < 8; i++) a[i] = from[step * (i < count ? i : count - 1)];                                        \
    for (int i = 0; i < 8; i += 2) {                                                                                     \
      b[i] = KILN_SHUFFLE(a[i], a[i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);                  \
      b[i + 1] = KILN_SHUFFLE(a[i], a[i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);            \
    }                                                                                                                    \
    for (int i = 0; i < 8; i += 4)                                                                                       \
      for (int k = 0; k < 2; k++) {                                                                                      \
        a[i + 2 * k] = KILN_SHUFFLE(b[i + k], b[i + k + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29); \
        a[i + 2 * k + 1] =                                                                                               \
            KILN_SHUFFLE(b[i + k], b[i + k + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);           \
      }                                                                                                                  \
    for (int k = 0; k < 4; k++) {                                                                                        \
      vector low = KILN_SHUFFLE(a[k], a[k + 4], 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);            \
      vector high = KILN_SHUFFLE(a[k], a[k + 4], 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);          \
      *(half *)(to + row * k) = low.lo;                                                                                  \
      *(half *)(to + row * (k + 4)) = high.lo;                                                                           \
      *(half *)(to + row * (k + 8)) = low.hi;                                                                            \
      *(half *)(to + row * (k + 12)) = high.hi;                                                                          \
    }                                                                                                                    \
  }                                                                                                                      \
  static inline __attribute__((always_inline)) half kiln_half_sum_##suffix(half a, half b) { return a + b; }            \
  static inline __attribute__((always_inline)) half kiln_half_difference_##suffix(half a, half b) { return a - b; }     \
  static inline __attribute__((always_inline)) half kiln_half_multiply_add_##suffix(half a, half b, half c) {            \
    return __builtin_elementwise_fma(a, b, c);                                                                           \
  }
KILN_TRANSPOSE_CHANNELS(float16, float, kiln_float16, kiln_float8)
KILN_TRANSPOSE_CHANNELS(double16, double, kiln_double16, kiln_double8)
