/// PNG and JPEG files to 8-bit RGB, by libpng and libjpeg.
///
/// The libraries report errors by longjmp, which must not cross Swift frames: it starts and ends in here.
/// Both read from memory and call back into nothing but this target.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef enum {
  kiln_image_ok = 0,
  /// The data end before the image does.
  kiln_image_truncated,
  kiln_image_corrupt,
  /// A valid file of a kind that is not decoded here.
  kiln_image_unsupported,
  /// More pixels than the limits allow; nothing was allocated for them.
  kiln_image_too_large,
  kiln_image_out_of_memory,
} kiln_image_status;

typedef struct {
  uint32_t longest_side;
  uint64_t most_pixels;
} kiln_image_limits;

typedef struct {
  uint32_t width;
  uint32_t height;
  /// All pixels have equal channels, because the file has one only.
  int is_gray;
  /// width * height * 3 bytes, to be freed with kiln_image_free.
  uint8_t *pixels;
} kiln_image;

enum { kiln_message_size = 256 };

/// Decodes a whole file. `message` (kiln_message_size bytes) tells why it cannot be used; on failure `image`
/// holds no memory, and width and height if they were read.
kiln_image_status kiln_decode_png(const uint8_t *bytes, size_t count, kiln_image_limits limits, kiln_image *image,
                                  char *message);
kiln_image_status kiln_decode_jpeg(const uint8_t *bytes, size_t count, kiln_image_limits limits, kiln_image *image,
                                   char *message);

void kiln_image_free(kiln_image *image);
