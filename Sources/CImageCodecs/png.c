#include "compose.h"
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
  /// Some pixel was not opaque.
  bool is_transparent;
  /// How many bytes of compressed pixels may still be read, for the image and for the current row.
  uint64_t allowance, row_allowance;
  /// How many chunks have begun.
  uint32_t chunks;
  /// A row with its alpha, before it is laid over the background.
  uint8_t *row;
  jmp_buf escape;
  png_structp png;
  png_infop info;
} png_reading;

enum { signature_size = 8, header_end = 33, chunk_limit = 8 << 20 };

/// What keeps small files from great cost: bytes of compressed pixels behind the last row, and in all beside what the
/// pixels need; chunks.
enum { surplus_limit = 64 << 10, compressed_slack = 1 << 20, most_chunks = 1 << 20 };

static const uint8_t signature[signature_size] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

static uint32_t big_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool is_gray(codec_choices choices) {
  const uint8_t *background = choices.background;
  return choices.drops_alpha || (background[0] == background[1] && background[1] == background[2]);
}

codec_status codec_png_layout(
    codec_bytes file, codec_choices choices, codec_limits limits, codec_layout *layout, codec_message message) {
  const uint8_t *bytes = file.start;
  if (file.count < header_end) return codec_say(message, codec_status_truncated, "the PNG ends within its header");
  if (memcmp(bytes, signature, signature_size) != 0)
    return codec_say(message, codec_status_corrupt, "its signature is not PNG's, as if it had been copied as text");
  if (memcmp(bytes + 12, "CgBI", 4) == 0)
    return codec_say(message, codec_status_unsupported, "an iPhone PNG (CgBI); save it as a standard PNG");
  if (big_endian(bytes + 8) != 13 || memcmp(bytes + 12, "IHDR", 4) != 0)
    return codec_say(message, codec_status_corrupt, "the PNG does not begin with its header (IHDR)");
  bool has_colour = (bytes[25] & PNG_COLOR_MASK_COLOR) != 0 || !is_gray(choices);
  *layout = (codec_layout){
      .width = big_endian(bytes + 16),
      .height = big_endian(bytes + 20),
      .channels = has_colour ? 3 : 1,
      .reduction = 1,
  };
  // Three rows of at most eight bytes a pixel, a chunk, and the window and tables of the decompression.
  layout->working = 24 * (uint64_t)layout->width + chunk_limit + (1 << 20);
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

static const uint32_t pixels_chunk = 0x49444154;  // IDAT

static void spend(png_reading *reading, size_t count) {
  if (count > reading->allowance || count > reading->row_allowance)
    give_up(reading, codec_status_corrupt, "far more compressed bytes than its pixels need");
  reading->allowance -= count;
  reading->row_allowance -= count;
}

static PNG_CALLBACK(void, on_read, (png_structp png, png_bytep destination, size_t count)) {
  png_reading *reading = png_get_io_ptr(png);
  if (count > reading->left) give_up(reading, codec_status_truncated, "the PNG ends too early");
  uint32_t state = png_get_io_state(png);
  if ((state & PNG_IO_CHUNK_HDR) != 0 && ++reading->chunks > most_chunks)
    give_up(reading, codec_status_too_large, "more than a million chunks; save it again");
  if ((state & PNG_IO_CHUNK_DATA) != 0 && png_get_io_chunk_type(png) == pixels_chunk) spend(reading, count);
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

static void check_rows(png_reading *reading, codec_layout layout, size_t row_size) {
  if (png_get_rowbytes(reading->png, reading->info) != row_size ||
      png_get_image_height(reading->png, reading->info) != layout.height)
    png_error(reading->png, "the rows are not as the header says");
}

/// With the last row libpng reads on to the end of the compressed stream, and a thousand bytes may come out of each that it
/// reads there. So every row has an allowance of its own.
static void read_row(png_reading *reading, uint8_t *row) {
  reading->row_allowance = 4 * (uint64_t)png_get_rowbytes(reading->png, reading->info) + surplus_limit;
  png_read_row(reading->png, row, NULL);
}

/// Rows with alpha need a place before they are pixels. The seven passes of an interlaced image are taken as they come,
/// pixel by pixel to their places, so that one row is enough.
static void read_transparent(png_reading *reading, codec_choices choices, codec_layout layout, uint8_t *pixels) {
  png_structp png = reading->png;
  png_read_update_info(png, reading->info);
  codec_run run = {.channels = layout.channels, .is_wide = png_get_bit_depth(png, reading->info) == 16};
  size_t row_size = (size_t)layout.width * (run.channels + 1) * (run.is_wide ? 2 : 1);
  check_rows(reading, layout, row_size);
  run.samples = reading->row = png_malloc(png, row_size);
  bool is_interlaced = png_get_interlace_type(png, reading->info) != PNG_INTERLACE_NONE;
  for (int pass = 0; pass < (is_interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1); pass++) {
    uint32_t left = is_interlaced ? PNG_PASS_START_COL(pass) : 0, top = is_interlaced ? PNG_PASS_START_ROW(pass) : 0;
    uint32_t across = is_interlaced ? PNG_PASS_COL_OFFSET(pass) : 1, down = is_interlaced ? PNG_PASS_ROW_OFFSET(pass) : 1;
    if (left >= layout.width) continue;
    run.count = (layout.width - left + across - 1) / across;
    for (uint32_t y = top; y < layout.height; y += down) {
      read_row(reading, reading->row);
      uint8_t *first = pixels + ((size_t)y * layout.width + left) * layout.channels;
      if (codec_compose(run, choices, first, across * layout.channels)) reading->is_transparent = true;
    }
  }
}

static void read_opaque(png_reading *reading, codec_layout layout, uint8_t *pixels) {
  png_structp png = reading->png;
  png_set_scale_16(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, reading->info);
  size_t row_size = (size_t)layout.width * layout.channels;
  check_rows(reading, layout, row_size);
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t row = 0; row < layout.height; row++) read_row(reading, pixels + row * row_size);
}

static void read_pixels(png_reading *reading, codec_choices choices, codec_layout layout, uint8_t *pixels) {
  png_structp png = reading->png;
  png_set_read_fn(png, reading, on_read);
  set_limits(png, layout);
  png_read_info(png, reading->info);
  // Two bytes more a row: of an interlaced image there are twice as many rows, each with a byte that names its filter.
  reading->allowance = compressed_slack + 4 * (uint64_t)(png_get_rowbytes(png, reading->info) + 2) * layout.height;
  png_byte colours = png_get_color_type(png, reading->info);
  bool has_alpha = (colours & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, reading->info, PNG_INFO_tRNS) != 0;
  png_set_expand(png);
  if ((colours & PNG_COLOR_MASK_COLOR) == 0 && layout.channels == 3) png_set_gray_to_rgb(png);
  if (has_alpha)
    read_transparent(reading, choices, layout, pixels);
  else
    read_opaque(reading, layout, pixels);
  png_read_end(png, NULL);
}

static void try_to_read(png_reading *reading, codec_choices choices, codec_layout layout, uint8_t *pixels) {
  if (setjmp(reading->escape) != 0) return;
  reading->png = png_create_read_struct_2(
      PNG_LIBPNG_VER_STRING, reading, on_error, on_warning, reading, on_allocate, on_free);
  reading->info = reading->png == NULL ? NULL : png_create_info_struct(reading->png);
  if (reading->info == NULL)
    reading->has_no_memory = true;
  else
    read_pixels(reading, choices, layout, pixels);
}

codec_status codec_png_decode(
    codec_bytes file, codec_choices choices, codec_layout layout, uint8_t *pixels, codec_notes *notes,
    codec_message message) {
  png_reading reading = {
      .next = file.start, .left = file.count, .message = message};
  try_to_read(&reading, choices, layout, pixels);
  png_destroy_read_struct(&reading.png, &reading.info, NULL);
  free(reading.row);
  *notes = (codec_notes){.is_transparent = reading.is_transparent};
  // Whatever libpng made of the lack: the image may be whole.
  if (reading.has_no_memory) return codec_say(message, codec_status_no_memory, "no memory for the PNG decoder");
  return reading.status;
}
