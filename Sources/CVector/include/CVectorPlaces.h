/// Sixteen places of one image side by side: rows of pixels to lanes, and back.
#pragma once
#include <string.h>
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

// Shuffles within each quarter of a register, and of whole quarters: four steps of them transpose sixteen vectors, on
// registers of either width.
#define KILN_UNPACK_LOW(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define KILN_UNPACK_HIGH(a, b) \
  __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define KILN_PAIRS_LOW(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define KILN_PAIRS_HIGH(a, b) \
  __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define KILN_FOURS_EVEN(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
#define KILN_FOURS_ODD(a, b) \
  __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31)

/// r[i][j] becomes r[j][i].
static inline __attribute__((always_inline)) void kiln_transpose_registers_float16(kiln_float16 r[16]) {
  kiln_float16 t[16];
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 2) {
    t[i] = KILN_UNPACK_LOW(r[i], r[i + 1]);
    t[i + 1] = KILN_UNPACK_HIGH(r[i], r[i + 1]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 4) {
    r[i] = KILN_PAIRS_LOW(t[i], t[i + 2]);
    r[i + 1] = KILN_PAIRS_HIGH(t[i], t[i + 2]);
    r[i + 2] = KILN_PAIRS_LOW(t[i + 1], t[i + 3]);
    r[i + 3] = KILN_PAIRS_HIGH(t[i + 1], t[i + 3]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
    t[i] = KILN_FOURS_EVEN(r[i], r[i + 4]);
    t[i + 4] = KILN_FOURS_ODD(r[i], r[i + 4]);
    t[i + 8] = KILN_FOURS_EVEN(r[i + 8], r[i + 12]);
    t[i + 12] = KILN_FOURS_ODD(r[i + 8], r[i + 12]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
    r[i] = KILN_FOURS_EVEN(t[i], t[i + 8]);
    r[i + 8] = KILN_FOURS_ODD(t[i], t[i + 8]);
    r[i + 4] = KILN_FOURS_EVEN(t[i + 4], t[i + 12]);
    r[i + 12] = KILN_FOURS_ODD(t[i + 4], t[i + 12]);
  }
}

static inline __attribute__((always_inline)) kiln_float16 kiln_load_float16(const float *place) {
  kiln_float16 value;
  memcpy(&value, place, sizeof value);
  return value;
}

/// Every second of the 32 values at `place`, from the first one on.
static inline __attribute__((always_inline)) kiln_float16 kiln_load_every_second_float16(const float *place) {
  return __builtin_shufflevector(
      kiln_load_float16(place), kiln_load_float16(place + 16), 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
      30);
}

/// Asks for the lines that another gather will read soon.
static inline __attribute__((always_inline)) void kiln_prefetch_rows(
    const float *base, const int32_t *offsets, long step) {
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) {
    __builtin_prefetch(base + offsets[i], 0, 3);
    if (step == 2) __builtin_prefetch(base + offsets[i] + 16, 0, 3);
  }
}

/// out[j][lane] = base[offsets[lane] + j * step] for j in 0...15. With a step of 1 or 2 it reads 16 * step values a lane.
static inline __attribute__((always_inline)) void kiln_gather_rows_float16(
    const float *base, const int32_t *offsets, long step, void *to) {
  kiln_float16 *out = (kiln_float16 *)to;
  if (step > 2) {
    float *values = (float *)to;
    for (int lane = 0; lane < 16; lane++)
      for (int j = 0; j < 16; j++) values[16 * j + lane] = base[offsets[lane] + j * step];
    return;
  }
  kiln_float16 r[16];
  if (step == 1) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) r[i] = kiln_load_float16(base + offsets[i]);
  } else {
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) r[i] = kiln_load_every_second_float16(base + offsets[i]);
  }
  kiln_transpose_registers_float16(r);
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) out[i] = r[i];
}

/// base[offsets[lane] + j] = in[j][lane] for j < used; zero where j >= limits[lane], unless `limits` is null.
/// `used`, at most 16, should be a compile-time constant.
static inline __attribute__((always_inline)) void kiln_scatter_rows_float16(
    const void *from, long used, float *base, const int32_t *offsets, const void *limits) {
  const kiln_float16 *in = (const kiln_float16 *)from;
  kiln_float16 r[16];
  for (int i = 0; i < 16; i++) r[i] = in[i < used ? i : 0];
  if (limits) {
    kiln_int16 limit = *(const kiln_int16 *)limits;
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++)
      if (i < used) r[i] = (limit > i) ? r[i] : (kiln_float16)0;
  }
  if (used > 8) {
    kiln_transpose_registers_float16(r);
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) memcpy(base + offsets[i], &r[i], used * sizeof(float));
  } else {
    // Eight columns of sixteen lanes: two lanes come out of each vector.
    kiln_float16 t[8];
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i += 2) {
      t[i] = KILN_UNPACK_LOW(r[i], r[i + 1]);
      t[i + 1] = KILN_UNPACK_HIGH(r[i], r[i + 1]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i += 4) {
      r[i] = KILN_PAIRS_LOW(t[i], t[i + 2]);
      r[i + 1] = KILN_PAIRS_HIGH(t[i], t[i + 2]);
      r[i + 2] = KILN_PAIRS_LOW(t[i + 1], t[i + 3]);
      r[i + 3] = KILN_PAIRS_HIGH(t[i + 1], t[i + 3]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
      kiln_float16 a = __builtin_shufflevector(
          r[i], r[i + 4], 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
      kiln_float16 b = __builtin_shufflevector(
          r[i], r[i + 4], 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
      memcpy(base + offsets[i], &a, used * sizeof(float));
      memcpy(base + offsets[i + 4], (float *)&a + 8, used * sizeof(float));
      memcpy(base + offsets[i + 8], &b, used * sizeof(float));
      memcpy(base + offsets[i + 12], (float *)&b + 8, used * sizeof(float));
    }
  }
}

#define KILN_SCATTER(n) case n: kiln_scatter_rows_float16(from, n, base, offsets, limits); break;
/// The same for any number of columns.
static inline void kiln_scatter_some_float16(
    const void *from, long used, float *base, const int32_t *offsets, const void *limits) {
  switch (used) {
    KILN_SCATTER(1) KILN_SCATTER(2) KILN_SCATTER(3) KILN_SCATTER(4) KILN_SCATTER(5) KILN_SCATTER(6) KILN_SCATTER(7)
    KILN_SCATTER(8) KILN_SCATTER(9) KILN_SCATTER(10) KILN_SCATTER(11) KILN_SCATTER(12) KILN_SCATTER(13)
    KILN_SCATTER(14) KILN_SCATTER(15) KILN_SCATTER(16)
  default: break;
  }
}
#pragma clang diagnostic pop
