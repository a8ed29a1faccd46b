#include "Image.h"
#include <stdio.h>
#include <stdlib.h>

int kiln_image_fits(const kiln_image *image, kiln_image_limits limits, char *message) {
  uint64_t pixels = (uint64_t)image->width * image->height;
  if (image->width <= limits.longest_side && image->height <= limits.longest_side && pixels <= limits.most_pixels) return 1;
  snprintf(message, kiln_message_size, "%u x %u pixels", image->width, image->height);
  return 0;
}

int kiln_image_allocate(kiln_image *image) {
  image->pixels = malloc((size_t)image->width * image->height * 3);
  return image->pixels != NULL;
}

void kiln_image_free(kiln_image *image) {
  free(image->pixels);
  image->pixels = NULL;
}
