/// Pixels with alpha, laid over a background.
#pragma once

#include "CImageCodecs.h"

/// Neighbouring pixels with alpha, as libpng gives them: one colour or three and then the alpha, of 8 bits each or of 16.
typedef struct codec_run {
  const uint8_t *samples;
  uint32_t count, channels;
  bool is_wide;
} codec_run;

/// Lays pixels over the background: (colour alpha + background (255 - alpha)) / 255, rounded. Of 16 bits, that is computed
/// exactly and rounded once.
///
/// - pixels: the place of the first, as many bytes as a pixel has colours; each other one is `step` bytes further on.
/// - Returns: whether some pixel is not opaque.
bool codec_compose(codec_run run, codec_choices choices, uint8_t *pixels, size_t step);
