// Decodes every file that is named, and damaged variants of each, for the sanitizers that this is compiled with: see
// scripts/lanes/codecs. Both decoders get everything. What comes out is not judged here; CorpusTests does that.
#include "CImageCodecs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { variants = 24, pixel_limit = 1 << 22, message_capacity = 160 };

typedef struct counts {
  unsigned long files, decoded, refused;
} counts;

/// The same numbers at every run.
static uint64_t dice(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return *state >> 33;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/// Damages a file of at least one byte in place; returns its new size.
static size_t damage(uint8_t *bytes, size_t count, uint64_t *state) {
  size_t place = dice(state) % count;
  size_t stretch = smaller(1 + dice(state) % 64, count - place);
  switch (dice(state) % 5) {
    case 0: bytes[place] ^= (uint8_t)(1u << (dice(state) % 8)); break;
    case 1: bytes[place] = (uint8_t)dice(state); break;
    case 2: memset(bytes + place, (int)(dice(state) % 2 * 255), stretch); break;
    case 3: memmove(bytes + dice(state) % (count - stretch + 1), bytes + place, stretch); break;
    default: return place;
  }
  return count;
}

typedef codec_status layout_function(codec_bytes, codec_choices, codec_limits, codec_layout *, codec_message);
typedef codec_status decode_function(
    codec_bytes, codec_choices, codec_layout, uint8_t *, codec_notes *, codec_message);

/// A background that is not gray takes most memory.
static const codec_choices choices = {.background = {1, 2, 3}};

static void decode(const uint8_t *bytes, size_t count, layout_function *find_layout, decode_function *read, counts *seen) {
  // Blocks of exactly the right size, so that one byte beyond is noticed.
  uint8_t *file = malloc(count > 0 ? count : 1);
  char *text = malloc(message_capacity);
  if (file == NULL || text == NULL) abort();
  memcpy(file, bytes, count);
  codec_bytes input = {file, count};
  codec_message message = {text, message_capacity};
  codec_layout layout = {0};
  codec_status status = find_layout(input, choices, (codec_limits){16384, 16384, pixel_limit}, &layout, message);
  if (status == codec_status_ok) {
    uint8_t *pixels = malloc((size_t)layout.width * layout.height * layout.channels);
    if (pixels == NULL) abort();
    codec_notes notes = {0};
    status = read(input, choices, layout, pixels, &notes, message);
    free(pixels);
  }
  if (status == codec_status_ok) {
    seen->decoded++;
  } else {
    seen->refused++;
    if (memchr(text, 0, message_capacity) == NULL) abort();
  }
  free(text);
  free(file);
}

static void decode_both(const uint8_t *bytes, size_t count, counts *seen) {
  decode(bytes, count, codec_png_layout, codec_png_decode, seen);
  decode(bytes, count, codec_jpeg_layout, codec_jpeg_decode, seen);
}

static uint8_t *read_file(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) return NULL;
  long size = ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(size > 0 ? (size_t)size : 1);
  *count = bytes == NULL ? 0 : fread(bytes, 1, (size_t)size, file);
  fclose(file);
  return bytes;
}

int main(int argument_count, char **arguments) {
  counts whole = {0}, damaged = {0};
  uint64_t state = 1;
  for (int number = 1; number < argument_count; number++) {
    size_t count = 0;
    uint8_t *bytes = read_file(arguments[number], &count);
    if (bytes == NULL) {
      perror(arguments[number]);
      return 66;
    }
    whole.files++;
    decode_both(bytes, count, &whole);
    uint8_t *copy = malloc(count > 0 ? count : 1);
    for (int variant = 0; copy != NULL && count > 0 && variant < variants; variant++) {
      memcpy(copy, bytes, count);
      size_t left = damage(copy, count, &state);
      damaged.files++;
      decode_both(copy, left, &damaged);
    }
    free(copy);
    free(bytes);
  }
  printf("%lu files: decoded %lu, refused %lu; ", whole.files, whole.decoded, whole.refused);
  printf("%lu damaged variants: decoded %lu, refused %lu\n", damaged.files, damaged.decoded, damaged.refused);
  return whole.decoded > 0 && damaged.decoded > 0 && damaged.refused > 0 ? 0 : 1;
}
