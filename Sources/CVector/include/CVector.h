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

/// Sixteen values, one for each image of a pack: Swift's SIMD16.
typedef float kiln_float16 __attribute__((ext_vector_type(16)));
typedef double kiln_double16 __attribute__((ext_vector_type(16)));
typedef uint8_t kiln_bytes16 __attribute__((ext_vector_type(16)));

/// a * b + c with one rounding. Swift's own `addingProduct` is a loop over the lanes that the optimizer
/// turns into an instruction in some places only.
static inline __attribute__((always_inline)) kiln_float16 kiln_multiply_add_float16(
    kiln_float16 a, kiln_float16 b, kiln_float16 c) {
  return __builtin_elementwise_fma(a, b, c);
}
static inline __attribute__((always_inline)) kiln_double16 kiln_multiply_add_double16(
    kiln_double16 a, kiln_double16 b, kiln_double16 c) {
  return __builtin_elementwise_fma(a, b, c);
}

static inline __attribute__((always_inline)) kiln_float16 kiln_float16_from_bytes(kiln_bytes16 bytes) {
  return __builtin_convertvector(bytes, kiln_float16);
}
static inline __attribute__((always_inline)) kiln_double16 kiln_double16_from_bytes(kiln_bytes16 bytes) {
  return __builtin_convertvector(bytes, kiln_double16);
}
