#include "status.h"

#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/// Everything that is needed after a longjmp. It lies in a frame above the one that calls setjmp, so that it is intact.
typedef struct png_reading {
  const uint8_t *next;
  size_t left;
  codec_status status;
  codec_message message;
  /// libpng asked for memory and there was none. Its messages do not tell that from damage, and some failures it only
  /// warns of.
  bool has_no_memory;
  jmp_buf escape;
  png_structp png;
  png_infop info;
} png_reading;

enum { signature_size = 8, header_end = 33, chunk_limit = 8 << 20 };

static const uint8_t signature[signature_size] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

static uint32_t big_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

codec_status codec_png_layout(codec_bytes file, codec_limits limits, codec_layout *layout, codec_message message) {
  const uint8_t *bytes = file.start;
  if (file.count < header_end) return codec_say(message, codec_status_truncated, "the PNG ends within its header");
  if (memcmp(bytes, signature, signature_size) != 0)
    return codec_say(message, codec_status_corrupt, "no PNG signature");
  if (memcmp(bytes + 12, "CgBI", 4) == 0)
    return codec_say(message, codec_status_unsupported, "an iPhone PNG (CgBI); save it as a standard PNG");
  if (big_endian(bytes + 8) != 13 || memcmp(bytes + 12, "IHDR", 4) != 0)
    return codec_say(message, codec_status_corrupt, "the PNG does not begin with its header (IHDR)");
  bool is_gray = (bytes[25] & PNG_COLOR_MASK_COLOR) == 0;
  *layout = (codec_layout){
      .width = big_endian(bytes + 16), .height = big_endian(bytes + 20), .channels = is_gray ? 1 : 3};
  // Two rows of at most eight bytes a pixel, a chunk, and the window and tables of the decompression.
  layout->working = 16 * (uint64_t)layout->width + chunk_limit + (1 << 20);
  return codec_check_size(*layout, limits, message);
}

static void give_up(png_reading *reading, codec_status status, const char *text) {
  reading->status = codec_say(reading->message, status, text);
  longjmp(reading->escape, 1);
}

static PNG_CALLBACK(png_voidp, on_allocate, (png_structp png, png_alloc_size_t size)) {
  void *memory = malloc(size);
  if (memory == NULL) ((png_reading *)png_get_mem_ptr(png))->has_no_memory = true;
  return memory;
}

static PNG_CALLBACK(void, on_free, (png_structp png, png_voidp memory)) {
  (void)png;
  free(memory);
}

static PNG_CALLBACK(void, on_error, (png_structp png, png_const_charp text)) {
  bool is_foreign = strstr(text, "unhandled critical chunk") != NULL;
  give_up(png_get_error_ptr(png), is_foreign ? codec_status_unsupported : codec_status_corrupt, text);
}

/// libpng only warns when the compressed stream fails its checksum behind the last row. What merely follows a whole
/// image is harmless.
static PNG_CALLBACK(void, on_warning, (png_structp png, png_const_charp text)) {
  bool is_about_pixels = strncmp(text, "IDAT: ", 6) == 0;
  bool is_surplus = strstr(text, "Extra compressed data") != NULL || strstr(text, "Too much image data") != NULL;
  if (is_about_pixels && !is_surplus) give_up(png_get_error_ptr(png), codec_status_corrupt, text);
}

static PNG_CALLBACK(void, on_read, (png_structp png, png_bytep destination, size_t count)) {
  png_reading *reading = png_get_io_ptr(png);
  if (count > reading->left) give_up(reading, codec_status_truncated, "the PNG ends too early");
  memcpy(destination, reading->next, count);
  reading->next += count;
  reading->left -= count;
}

static void set_limits(png_structp png, codec_layout layout) {
  png_set_user_limits(png, layout.width, layout.height);
  png_set_chunk_cache_max(png, 128);
  png_set_chunk_malloc_max(png, chunk_limit);
  // Texts, profiles, gamma and the like are passed over unparsed: they change no pixel here, and need no memory.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
}

static void read_pixels(png_reading *reading, codec_layout layout, uint8_t *pixels) {
  png_structp png = reading->png;
  png_set_read_fn(png, reading, on_read);
  set_limits(png, layout);
  png_read_info(png, reading->info);
  png_set_palette_to_rgb(png);
  png_set_expand_gray_1_2_4_to_8(png);
  png_set_scale_16(png);
  png_set_strip_alpha(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, reading->info);
  size_t row_size = (size_t)layout.width * layout.channels;
  if (png_get_rowbytes(png, reading->info) != row_size || png_get_image_height(png, reading->info) != layout.height)
    png_error(png, "the rows are not as the header says");
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t row = 0; row < layout.height; row++) png_read_row(png, pixels + row * row_size, NULL);
  png_read_end(png, NULL);
}

static void try_to_read(png_reading *reading, codec_layout layout, uint8_t *pixels) {
  if (setjmp(reading->escape) != 0) return;
  reading->png = png_create_read_struct_2(
      PNG_LIBPNG_VER_STRING, reading, on_error, on_warning, reading, on_allocate, on_free);
  reading->info = reading->png == NULL ? NULL : png_create_info_struct(reading->png);
  if (reading->info == NULL)
    reading->has_no_memory = true;
  else
    read_pixels(reading, layout, pixels);
}

codec_status codec_png_decode(codec_bytes file, codec_layout layout, uint8_t *pixels, codec_message message) {
  png_reading reading = {.next = file.start, .left = file.count, .message = message};
  try_to_read(&reading, layout, pixels);
  png_destroy_read_struct(&reading.png, &reading.info, NULL);
  // Whatever libpng made of the lack: the image may be whole.
  if (reading.has_no_memory) return codec_say(message, codec_status_no_memory, "no memory for the PNG decoder");
  return reading.status;
}
