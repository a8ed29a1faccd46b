/// What both codecs say alike.
#pragma once

#include "CImageCodecs.h"

#include <stdio.h>

static inline codec_status codec_say(codec_message message, codec_status status, const char *text) {
  if (message.capacity > 0) snprintf(message.text, message.capacity, "%s", text);
  return status;
}

/// ok, or why a header's size is refused.
static inline codec_status codec_check_size(codec_layout layout, codec_limits limits, codec_message message) {
  uint64_t pixels = (uint64_t)layout.width * layout.height;
  if (pixels == 0) return codec_say(message, codec_status_corrupt, "the header gives no width or no height");
  if (layout.width <= limits.width && layout.height <= limits.height && pixels <= limits.pixels) return codec_status_ok;
  if (message.capacity > 0)
    snprintf(message.text, message.capacity, "%u x %u pixels; at most %u x %u and %llu in all are decoded", layout.width,
             layout.height, limits.width, limits.height, (unsigned long long)limits.pixels);
  return codec_status_too_large;
}
