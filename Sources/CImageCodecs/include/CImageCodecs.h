/// PNG (libpng) and JPEG (libjpeg) in our own words: bytes in, pixels out, a status and a message.
///
/// Both libraries report errors by longjmp. It never leaves these functions, whose frames hold C alone, and nothing here
/// calls back. Every function frees what it allocated whatever its status, keeps no state, and may run on any thread.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum __attribute__((enum_extensibility(closed))) codec_status {
  codec_status_ok,
  /// The bytes end before the image does.
  codec_status_truncated,
  codec_status_corrupt,
  /// Perhaps a valid image, of a kind that is not decoded here.
  codec_status_unsupported,
  codec_status_too_large,
  /// The system gave no memory. It says nothing about the image: another time, there may be enough.
  codec_status_no_memory,
} codec_status;

typedef struct codec_bytes {
  const uint8_t *start;
  size_t count;
} codec_bytes;

/// The greatest image that is decoded. A header beyond it is refused before anything is allocated for its pixels.
typedef struct codec_limits {
  uint32_t width, height;
  uint64_t pixels;
} codec_limits;

/// Pixels are bytes, row-major and interleaved: height x width x channels. One channel is gray, three are red, green, blue.
typedef struct codec_layout {
  uint32_t width, height, channels;
  /// The bytes of memory, at most, that the decoder takes for itself beside the file and the pixels.
  uint64_t working;
} codec_layout;

/// One line for people, filled in whenever a status is not ok. The caller owns it.
typedef struct codec_message {
  char *text;
  size_t capacity;
} codec_message;

/// The layout that decoding will give, from the header alone.
codec_status codec_png_layout(codec_bytes file, codec_limits limits, codec_layout *layout, codec_message message);
codec_status codec_jpeg_layout(codec_bytes file, codec_limits limits, codec_layout *layout, codec_message message);

/// Decodes the whole file into `pixels`, which has room for `layout`, as the function above gave it for the same bytes.
/// Unless the status is ok, the pixels mean nothing.
///
/// - Alpha and tRNS are dropped: a transparent pixel has the colour that the file stores for it.
/// - 16 bits become 8 by v / 257, rounded; 1, 2 and 4 bits spread over 0...255.
/// - Colours are taken as stored: no gamma, no colour profile. CMYK becomes (1 - C)(1 - K), (1 - M)(1 - K),
///   (1 - Y)(1 - K), and is taken to be stored inverted, with or without Adobe's marker.
/// - Of an animated PNG, the default image.
/// - Damage is an error, never gray pixels. Harmless are: whatever follows the image, surplus bytes between the segments
///   before a JPEG's first scan or behind the PNG's last row, and damage in PNG chunks that hold no pixels (texts,
///   profiles, gamma).
codec_status codec_png_decode(codec_bytes file, codec_layout layout, uint8_t *pixels, codec_message message);
codec_status codec_jpeg_decode(codec_bytes file, codec_layout layout, uint8_t *pixels, codec_message message);
