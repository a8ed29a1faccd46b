/// What Swift's SIMD types lack: facts about the machine's registers.
#pragma once
#include <stdint.h>

/// Vector registers that the compiler may use: 32 with AVX-512, else 16.
/// The kernels choose the size of their register blocks by it.
enum {
#ifdef __AVX512F__
  kiln_wide_registers = 1,
#else
  kiln_wide_registers = 0,
#endif
};

/// Asks for the cache line at `address`, to be written soon.
static inline __attribute__((always_inline)) void kiln_prefetch_for_write(const void *address) {
  __builtin_prefetch(address, 1, 3);
}

/// Asks for the cache line at `address`, to be read soon.
static inline __attribute__((always_inline)) void kiln_prefetch_for_read(const void *address) {
  __builtin_prefetch(address, 0, 3);
}

/// Asks for the cache line at `address` to be brought to the second-level cache, to be read later.
static inline __attribute__((always_inline)) void kiln_prefetch_for_later(const void *address) {
  __builtin_prefetch(address, 0, 2);
}

/// Sixteen values, one for each image of a pack: Swift's SIMD16.
typedef float kiln_float16 __attribute__((ext_vector_type(16)));
typedef double kiln_double16 __attribute__((ext_vector_type(16)));
typedef uint8_t kiln_bytes16 __attribute__((ext_vector_type(16)));
typedef int32_t kiln_int16 __attribute__((ext_vector_type(16)));
typedef int64_t kiln_long16 __attribute__((ext_vector_type(16)));

/// The lanes of `a` and `b` that are `distance` apart, added: even runs of `distance` lanes come from a, odd ones from b.
/// Four such steps (1, 2, 4, 8) turn sixteen vectors into the vector of their sums.
#define KILN_PAIR_SUMS(name, vector)                                                                            \
  static inline __attribute__((always_inline)) vector name##_1(vector a, vector b) {                            \
    return __builtin_shufflevector(a, b, 0, 17, 2, 19, 4, 21, 6, 23, 8, 25, 10, 27, 12, 29, 14, 31) +           \
           __builtin_shufflevector(a, b, 1, 16, 3, 18, 5, 20, 7, 22, 9, 24, 11, 26, 13, 28, 15, 30);            \
  }                                                                                                             \
  static inline __attribute__((always_inline)) vector name##_2(vector a, vector b) {                            \
    return __builtin_shufflevector(a, b, 0, 1, 18, 19, 4, 5, 22, 23, 8, 9, 26, 27, 12, 13, 30, 31) +            \
           __builtin_shufflevector(a, b, 2, 3, 16, 17, 6, 7, 20, 21, 10, 11, 24, 25, 14, 15, 28, 29);           \
  }                                                                                                             \
  static inline __attribute__((always_inline)) vector name##_4(vector a, vector b) {                            \
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 20, 21, 22, 23, 8, 9, 10, 11, 28, 29, 30, 31) +            \
           __builtin_shufflevector(a, b, 4, 5, 6, 7, 16, 17, 18, 19, 12, 13, 14, 15, 24, 25, 26, 27);           \
  }                                                                                                             \
  static inline __attribute__((always_inline)) vector name##_8(vector a, vector b) {                            \
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 28, 29, 30, 31) +              \
           __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);         \
  }
KILN_PAIR_SUMS(kiln_pair_sums_float16, kiln_float16)
KILN_PAIR_SUMS(kiln_pair_sums_double16, kiln_double16)

/// Sixteen vectors, `step` apart, transposed: lane j of vector i becomes lane i of vector j. In quarters of eight by eight,
/// which fit into sixteen registers of eight lanes.
#define KILN_TRANSPOSE(name, vector, scalar)                                                                     \
  static inline __attribute__((always_inline)) void name(                                                        \
      const void *from, intptr_t step, void *to, intptr_t to_step) {                                             \
    typedef scalar eight __attribute__((ext_vector_type(8)));                                                    \
    _Pragma("clang loop unroll(full)") for (int quarter = 0; quarter < 4; quarter++) {                           \
      const int row = 8 * (quarter / 2), column = 8 * (quarter % 2);                                             \
      eight a[8], b[8];                                                                                          \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i++)                                             \
        a[i] = ((const eight *)((const vector *)from + (row + i) * step))[column / 8];                           \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i += 2) {                                        \
        b[i] = __builtin_shufflevector(a[i], a[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);                                \
        b[i + 1] = __builtin_shufflevector(a[i], a[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);                          \
      }                                                                                                          \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i += 4) {                                        \
        a[i] = __builtin_shufflevector(b[i], b[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);                                \
        a[i + 1] = __builtin_shufflevector(b[i], b[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);                          \
        a[i + 2] = __builtin_shufflevector(b[i + 1], b[i + 3], 0, 1, 8, 9, 4, 5, 12, 13);                        \
        a[i + 3] = __builtin_shufflevector(b[i + 1], b[i + 3], 2, 3, 10, 11, 6, 7, 14, 15);                      \
      }                                                                                                          \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < 4; i++) {                                           \
        ((eight *)((vector *)to + (column + i) * to_step))[row / 8] =                                            \
            __builtin_shufflevector(a[i], a[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);                                   \
        ((eight *)((vector *)to + (column + i + 4) * to_step))[row / 8] =                                        \
            __builtin_shufflevector(a[i], a[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);                                 \
      }                                                                                                          \
    }                                                                                                            \
  }
KILN_TRANSPOSE(kiln_transpose_float16, kiln_float16, float)
KILN_TRANSPOSE(kiln_transpose_double16, kiln_double16, double)

/// Arithmetic lane by lane. Swift's own operators on SIMD types are loops over the lanes that the optimizer turns into
/// single instructions in some places only.
#define KILN_LANE_ARITHMETIC(suffix, vector, mask)                                                                 \
  static inline __attribute__((always_inline)) vector kiln_sum_##suffix(vector a, vector b) { return a + b; }   \
  static inline __attribute__((always_inline)) vector kiln_difference_##suffix(vector a, vector b) {            \
    return a - b;                                                                                               \
  }                                                                                                             \
  static inline __attribute__((always_inline)) vector kiln_product_##suffix(vector a, vector b) {               \
    return a * b;                                                                                               \
  }                                                                                                             \
  static inline __attribute__((always_inline)) vector kiln_quotient_##suffix(vector a, vector b) {              \
    return a / b;                                                                                               \
  }                                                                                                             \
  /* a * b + c, a * b - c and c - a * b with one rounding each */                                               \
  static inline __attribute__((always_inline)) vector kiln_multiply_add_##suffix(                               \
      vector a, vector b, vector c) {                                                                           \
    return __builtin_elementwise_fma(a, b, c);                                                                  \
  }                                                                                                             \
  static inline __attribute__((always_inline)) vector kiln_multiply_subtract_##suffix(                          \
      vector a, vector b, vector c) {                                                                           \
    return __builtin_elementwise_fma(a, b, -c);                                                                 \
  }                                                                                                             \
  static inline __attribute__((always_inline)) vector kiln_subtract_product_##suffix(                           \
      vector a, vector b, vector c) {                                                                           \
    return __builtin_elementwise_fma(-a, b, c);                                                                 \
  }                                                                                                             \
  /* a where b > c, else d; d also where b or c is no number */                                                 \
  static inline __attribute__((always_inline)) vector kiln_select_##suffix(                                     \
      vector a, vector b, vector c, vector d) {                                                                 \
    return (b > c) ? a : d;                                                                                     \
  }                                                                                                             \
  static inline __attribute__((always_inline)) kiln_bytes16 kiln_select_bytes_##suffix(                         \
      kiln_bytes16 a, vector b, vector c, kiln_bytes16 d) {                                                     \
    kiln_bytes16 chosen = __builtin_convertvector(b > c, kiln_bytes16);                                         \
    return (a & chosen) | (d & ~chosen);                                                                        \
  }                                                                                                             \
  /* a where the byte is `wanted`, else 0 */                                                                    \
  static inline __attribute__((always_inline)) vector kiln_keep_##suffix(                                       \
      vector a, kiln_bytes16 bytes, uint8_t wanted) {                                                           \
    return __builtin_convertvector(bytes == wanted, mask) ? a : (vector)0;                                      \
  }
KILN_LANE_ARITHMETIC(float16, kiln_float16, kiln_int16)
KILN_LANE_ARITHMETIC(double16, kiln_double16, kiln_long16)

static inline __attribute__((always_inline)) kiln_float16 kiln_float16_from_bytes(kiln_bytes16 bytes) {
  return __builtin_convertvector(bytes, kiln_float16);
}
static inline __attribute__((always_inline)) kiln_double16 kiln_double16_from_bytes(kiln_bytes16 bytes) {
  return __builtin_convertvector(bytes, kiln_double16);
}

/// gradient * slope + value * pull + offset, in double precision with fused products, and rounded once to the lanes' own.
static inline __attribute__((always_inline)) kiln_float16 kiln_wide_sum_float16(
    kiln_float16 gradient, double slope, kiln_float16 value, double pull, double offset) {
  kiln_double16 drift = __builtin_elementwise_fma(
      __builtin_convertvector(value, kiln_double16), (kiln_double16)pull, (kiln_double16)offset);
  return __builtin_convertvector(
      __builtin_elementwise_fma(__builtin_convertvector(gradient, kiln_double16), (kiln_double16)slope, drift),
      kiln_float16);
}
static inline __attribute__((always_inline)) kiln_double16 kiln_wide_sum_double16(
    kiln_double16 gradient, double slope, kiln_double16 value, double pull, double offset) {
  kiln_double16 drift = __builtin_elementwise_fma(value, (kiln_double16)pull, (kiln_double16)offset);
  return __builtin_elementwise_fma(gradient, (kiln_double16)slope, drift);
}

#include "CVectorExponential.h"
#include "CVectorTransposition.h"
#include "CVectorPlaces.h"
