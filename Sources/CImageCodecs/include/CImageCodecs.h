/// PNG (libpng) and JPEG (libjpeg) in our own words: bytes in, pixels out, a status and a message.
///
/// Both libraries report errors by longjmp. It never leaves these functions, whose frames hold C alone, and nothing here
/// calls back. Every function frees what it allocated whatever its status, keeps no state, and may run on any thread.
#pragma once

#include <stdbool.h>
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

/// What is decided beside the file about its pixels.
typedef struct codec_choices {
  /// A transparent pixel has the colour that the file stores for it, and nothing is seen through it.
  bool drops_alpha;
  /// Red, green and blue of what is seen through transparent pixels otherwise.
  uint8_t background[3];
} codec_choices;

/// Pixels are bytes, row-major and interleaved: height x width x channels, each side divided by the reduction and rounded
/// up. One channel is gray, three are red, green, blue.
typedef struct codec_layout {
  /// As stored.
  uint32_t width, height;
  uint32_t channels;
  /// Each decoded pixel is the mean of so many in a row, and as many rows. It is 1 at first; the caller of a decoder may
  /// choose 2, 4 or 8 where that decoder says so.
  uint32_t reduction;
  /// The bytes of memory, at most, that the decoder takes for itself beside the file and the pixels.
  uint64_t working;
} codec_layout;

/// One line for people, filled in whenever a status is not ok. The caller owns it.
typedef struct codec_message {
  char *text;
  size_t capacity;
} codec_message;

/// What was found among the pixels.
typedef struct codec_notes {
  /// Some pixel was not opaque.
  bool is_transparent;
} codec_notes;

/// A side of a reduced image.
static inline uint32_t codec_reduced(uint32_t side, uint32_t reduction) {
  return (uint32_t)(((uint64_t)side + reduction - 1) / reduction);
}


/// The layout that decoding will give, from the header alone. A gray PNG has one channel, but three before a background
/// that is not gray.
codec_status codec_png_layout(
    codec_bytes file, codec_choices choices, codec_limits limits, codec_layout *layout, codec_message message);
codec_status codec_jpeg_layout(
    codec_bytes file, codec_choices choices, codec_limits limits, codec_layout *layout, codec_message message);

/// Decodes the whole file into `pixels`, which has room for `layout`, as the function above gave it for the same bytes
/// and choices. Unless the status is ok, pixels and notes mean nothing.
///
/// - Alpha, also that of a palette or of the one transparent colour (tRNS), lays the pixel over the background:
///   (colour alpha + background (255 - alpha)) / 255, rounded. Of 16 bits that is computed exactly and rounded once.
/// - 16 bits become 8 by v / 257, rounded; 1, 2 and 4 bits spread over 0...255.
/// - Colours are taken as stored: no gamma, no colour profile. CMYK becomes (1 - C)(1 - K), (1 - M)(1 - K),
///   (1 - Y)(1 - K), and is taken to be stored inverted, with or without Adobe's marker.
/// - Of an animated PNG, the default image.
/// - A JPEG may be reduced (`layout.reduction`), by libjpeg's smaller inverse transforms. Chroma that is stored smaller
///   than luma is then taken as it is, where possible, instead of being interpolated.
/// - Damage is an error, never gray pixels. Harmless are: whatever follows the image, surplus bytes between the segments
///   before a JPEG's first scan or, up to 64 KiB as they are compressed, behind the PNG's last row, and damage in PNG
///   chunks that hold no pixels (texts, profiles, gamma).
codec_status codec_png_decode(
    codec_bytes file, codec_choices choices, codec_layout layout, uint8_t *pixels, codec_notes *notes,
    codec_message message);
codec_status codec_jpeg_decode(
    codec_bytes file, codec_choices choices, codec_layout layout, uint8_t *pixels, codec_notes *notes,
    codec_message message);

/// Bytes that were allocated here: `codec_free` gives them back.
typedef struct codec_buffer {
  uint8_t *start;
  size_t count;
} codec_buffer;

/// Writes pixels as a PNG file of 8 bits a channel.
///
/// - Parameter file: empty unless the status is ok, which it is but for want of memory.
codec_status codec_png_encode(const uint8_t *pixels, codec_layout layout, codec_buffer *file, codec_message message);
void codec_free(codec_buffer *file);

/// Lets malloc keep up to 8 MiB of freed memory for each of its arenas, in the whole process. Otherwise it gives every
/// block of a decoder back to the system, which clears each of its pages before it can be used again: a seventh of the
/// time that a photograph takes. Larger blocks than 4 MiB are given back as ever.
void codec_keep_freed_memory(void);
