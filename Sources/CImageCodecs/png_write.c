#include "status.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/// As in png.c: what is needed after a longjmp lies in a frame above the one that calls setjmp.
typedef struct png_writing {
  codec_buffer *file;
  size_t capacity;
  codec_status status;
  codec_message message;
  jmp_buf escape;
  png_structp png;
  png_infop info;
} png_writing;

static void give_up(png_writing *writing, codec_status status, const char *text) {
  writing->status = codec_say(writing->message, status, text);
  longjmp(writing->escape, 1);
}

static PNG_CALLBACK(void, on_error, (png_structp png, png_const_charp text)) {
  // The pixels and their layout are ours, so that only memory can be lacking.
  give_up(png_get_error_ptr(png), codec_status_no_memory, text);
}

static PNG_CALLBACK(void, on_warning, (png_structp png, png_const_charp text)) {
  (void)png;
  (void)text;
}

static PNG_CALLBACK(void, on_write, (png_structp png, png_bytep bytes, size_t count)) {
  png_writing *writing = png_get_io_ptr(png);
  codec_buffer *file = writing->file;
  if (count > writing->capacity - file->count) {
    size_t capacity = 2 * writing->capacity + count;
    uint8_t *grown = realloc(file->start, capacity);
    if (grown == NULL) give_up(writing, codec_status_no_memory, "no memory for the PNG");
    file->start = grown;
    writing->capacity = capacity;
  }
  memcpy(file->start + file->count, bytes, count);
  file->count += count;
}

static PNG_CALLBACK(void, on_flush, (png_structp png)) { (void)png; }

static void write_pixels(png_writing *writing, codec_layout layout, const uint8_t *pixels) {
  png_structp png = writing->png;
  png_set_write_fn(png, writing, on_write, on_flush);
  png_set_IHDR(png, writing->info, layout.width, layout.height, 8,
               layout.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, writing->info);
  for (uint32_t row = 0; row < layout.height; row++)
    png_write_row(png, pixels + (size_t)row * layout.width * layout.channels);
  png_write_end(png, writing->info);
}

static void try_to_write(png_writing *writing, codec_layout layout, const uint8_t *pixels) {
  if (setjmp(writing->escape) != 0) return;
  writing->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writing, on_error, on_warning);
  writing->info = writing->png == NULL ? NULL : png_create_info_struct(writing->png);
  if (writing->info == NULL)
    writing->status = codec_say(writing->message, codec_status_no_memory, "no memory for the PNG encoder");
  else
    write_pixels(writing, layout, pixels);
}

codec_status codec_png_encode(const uint8_t *pixels, codec_layout layout, codec_buffer *file, codec_message message) {
  *file = (codec_buffer){.start = NULL, .count = 0};
  png_writing writing = {.file = file, .message = message};
  try_to_write(&writing, layout, pixels);
  png_destroy_write_struct(&writing.png, &writing.info);
  if (writing.status != codec_status_ok) codec_free(file);
  return writing.status;
}

void codec_free(codec_buffer *file) {
  free(file->start);
  *file = (codec_buffer){.start = NULL, .count = 0};
}
