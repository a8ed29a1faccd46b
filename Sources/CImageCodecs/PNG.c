#include "Image.h"
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Everything that lives across a longjmp, so that nothing the compiler keeps in a register is lost.
typedef struct {
  const uint8_t *bytes;
  size_t left;
  char *message;
  kiln_image_status status;
  kiln_image *image;
  png_structp png;
  png_infop info;
  png_bytep *rows;
} decoder;

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  decoder *d = png_get_io_ptr(png);
  if (count > d->left) {
    d->status = kiln_image_truncated;
    png_error(png, "the file ends early");
  }
  memcpy(target, d->bytes, count);
  d->bytes += count;
  d->left -= count;
}

static void fail(png_structp png, png_const_charp text) {
  decoder *d = png_get_error_ptr(png);
  if (d->status == kiln_image_ok) d->status = kiln_image_corrupt;
  snprintf(d->message, kiln_message_size, "%s", text);
  png_longjmp(png, 1);
}

/// What libpng only warns of leaves the pixels whole: bad ancillary chunks, profiles, text.
static void ignore(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

/// Chunks that are not pixels may not use more memory than this, or be more than so many.
enum { chunk_bytes = 8 << 20, chunk_count = 1000 };

static void ask_for_rgb(decoder *d) {
  png_structp png = d->png;
  int type = png_get_color_type(png, d->info);
  d->image->is_gray = !(type & PNG_COLOR_MASK_COLOR);
  png_set_scale_16(png);
  if (type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (d->image->is_gray) {
    if (png_get_bit_depth(png, d->info) < 8) png_set_expand_gray_1_2_4_to_8(png);
    png_set_gray_to_rgb(png);
  }
  png_set_strip_alpha(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, d->info);
}

static void decode(decoder *d, kiln_image_limits limits) {
  png_structp png = d->png;
  png_set_read_fn(png, d, read_bytes);
  // Our own limits, below, give a better message; these are for what libpng allocates before them.
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_set_chunk_malloc_max(png, chunk_bytes);
  png_set_chunk_cache_max(png, chunk_count);
  png_read_info(png, d->info);
  kiln_image *image = d->image;
  image->width = png_get_image_width(png, d->info);
  image->height = png_get_image_height(png, d->info);
  if (!kiln_image_fits(image, limits, d->message)) {
    d->status = kiln_image_too_large;
    return;
  }
  ask_for_rgb(d);
  if (png_get_rowbytes(png, d->info) != (size_t)image->width * 3) png_error(png, "unexpected row size");
  d->rows = malloc(sizeof(png_bytep) * image->height);
  if (!d->rows || !kiln_image_allocate(image)) {
    d->status = kiln_image_out_of_memory;
    png_error(png, "no memory for the pixels");
  }
  for (uint32_t row = 0; row < image->height; row++) d->rows[row] = image->pixels + (size_t)row * image->width * 3;
  png_read_image(png, d->rows);
  png_read_end(png, NULL);
}

kiln_image_status kiln_decode_png(const uint8_t *bytes, size_t count, kiln_image_limits limits, kiln_image *image,
                                  char *message) {
  *image = (kiln_image){0};
  message[0] = 0;
  decoder d = {.bytes = bytes, .left = count, .message = message, .image = image};
  d.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &d, fail, ignore);
  d.info = d.png ? png_create_info_struct(d.png) : NULL;
  if (!d.info) {
    png_destroy_read_struct(&d.png, NULL, NULL);
    return kiln_image_out_of_memory;
  }
  if (!setjmp(png_jmpbuf(d.png))) decode(&d, limits);
  png_destroy_read_struct(&d.png, &d.info, NULL);
  free(d.rows);
  if (d.status != kiln_image_ok) kiln_image_free(image);
  return d.status;
}
