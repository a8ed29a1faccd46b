#include "compose.h"

static uint8_t over(unsigned colour, unsigned alpha, unsigned background) {
  unsigned sum = colour * alpha + background * (255 - alpha) + 128;
  return (uint8_t)((sum + (sum >> 8)) >> 8);
}

/// A background of 8 bits is 257 times as much in 16. The divisor is odd, so that nothing lies halfway.
static uint8_t over_wide(uint64_t colour, uint64_t alpha, uint64_t background) {
  const uint64_t divisor = 257 * 65535;
  return (uint8_t)((colour * alpha + 257 * background * (65535 - alpha) + divisor / 2) / divisor);
}

static bool compose_narrow(codec_run run, codec_choices choices, uint8_t *pixels, size_t step) {
  const uint8_t *sample = run.samples;
  unsigned everywhere = 255;
  for (uint32_t x = 0; x < run.count; x++, pixels += step, sample += run.channels + 1) {
    unsigned alpha = sample[run.channels];
    everywhere &= alpha;
    if (choices.drops_alpha) alpha = 255;
    for (uint32_t channel = 0; channel < run.channels; channel++)
      pixels[channel] = over(sample[channel], alpha, choices.background[channel]);
  }
  return everywhere != 255;
}

static unsigned wide(const uint8_t *sample) { return (unsigned)sample[0] << 8 | sample[1]; }

static bool compose_wide(codec_run run, codec_choices choices, uint8_t *pixels, size_t step) {
  const uint8_t *sample = run.samples;
  unsigned everywhere = 65535;
  for (uint32_t x = 0; x < run.count; x++, pixels += step, sample += 2 * (run.channels + 1)) {
    unsigned alpha = wide(sample + 2 * run.channels);
    everywhere &= alpha;
    if (choices.drops_alpha) alpha = 65535;
    for (uint32_t channel = 0; channel < run.channels; channel++)
      pixels[channel] = over_wide(wide(sample + 2 * channel), alpha, choices.background[channel]);
  }
  return everywhere != 65535;
}

bool codec_compose(codec_run run, codec_choices choices, uint8_t *pixels, size_t step) {
  return (run.is_wide ? compose_wide : compose_narrow)(run, choices, pixels, step);
}
