#include "Image.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// After stdio.h, whose FILE it uses.
#include <jerror.h>
#include <jpeglib.h>

typedef struct {
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  struct jpeg_decompress_struct jpeg;
  jmp_buf escape;
  char *message;
  kiln_image_status status;
  kiln_image *image;
} decoder;

/// A file may have so many scans; each costs a pass over the whole image, however small it is.
enum { most_scans = 200 };

static decoder *decoder_of(j_common_ptr jpeg) { return jpeg->client_data; }

static kiln_image_status status_of(int code) {
  switch (code) {
  case JERR_INPUT_EMPTY:
  case JERR_INPUT_EOF:
  case JWRN_JPEG_EOF:
    return kiln_image_truncated;
  case JERR_OUT_OF_MEMORY:
    return kiln_image_out_of_memory;
  case JERR_BAD_PRECISION:
  case JERR_SOF_UNSUPPORTED:
  case JERR_ARITH_NOTIMPL:
  case JERR_CONVERSION_NOTIMPL:
  case JERR_NOT_COMPILED:
    return kiln_image_unsupported;
  default:
    return kiln_image_corrupt;
  }
}

static void fail(j_common_ptr jpeg) {
  decoder *d = decoder_of(jpeg);
  char text[JMSG_LENGTH_MAX];
  d->errors.format_message(jpeg, text);
  snprintf(d->message, kiln_message_size, "%s", text);
  d->status = status_of(d->errors.msg_code);
  longjmp(d->escape, 1);
}

/// libjpeg goes on after damage and makes up the missing pixels. We do not train on those: every warning is an
/// error, but for bytes between markers that belong to nothing.
static void hear(j_common_ptr jpeg, int level) {
  if (level < 0 && jpeg->err->msg_code != JWRN_EXTRANEOUS_DATA) fail(jpeg);
}

static void be_quiet(j_common_ptr jpeg) { (void)jpeg; }

static void watch_scans(j_common_ptr jpeg) {
  decoder *d = decoder_of(jpeg);
  if (d->jpeg.input_scan_number <= most_scans) return;
  snprintf(d->message, kiln_message_size, "more than %d scans", most_scans);
  d->status = kiln_image_too_large;
  longjmp(d->escape, 1);
}

/// CMYK to RGB as multiplication of light; Adobe's files hold the complements.
static void rgb_of_cmyk(const uint8_t *source, uint8_t *target, uint32_t width, int is_inverted) {
  for (uint32_t x = 0; x < width; x++, source += 4, target += 3) {
    unsigned black = is_inverted ? source[3] : 255 - source[3];
    for (int c = 0; c < 3; c++) {
      unsigned light = is_inverted ? source[c] : 255 - source[c];
      target[c] = (uint8_t)((light * black + 127) / 255);
    }
  }
}

static void read_rows(decoder *d) {
  struct jpeg_decompress_struct *jpeg = &d->jpeg;
  kiln_image *image = d->image;
  int is_cmyk = jpeg->out_color_space == JCS_CMYK;
  JSAMPARRAY line = NULL;
  if (is_cmyk) line = jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, image->width * 4, 1);
  while (jpeg->output_scanline < jpeg->output_height) {
    uint8_t *row = image->pixels + (size_t)jpeg->output_scanline * image->width * 3;
    JSAMPROW target = is_cmyk ? line[0] : row;
    if (jpeg_read_scanlines(jpeg, &target, 1) != 1) ERREXIT(jpeg, JERR_INPUT_EOF);
    if (is_cmyk) rgb_of_cmyk(line[0], row, image->width, jpeg->saw_Adobe_marker);
  }
}

static void decode(decoder *d, const uint8_t *bytes, size_t count, kiln_image_limits limits) {
  struct jpeg_decompress_struct *jpeg = &d->jpeg;
  kiln_image *image = d->image;
  jpeg_create_decompress(jpeg);
  jpeg->progress = &d->progress;
  jpeg_mem_src(jpeg, bytes, count);
  jpeg_read_header(jpeg, TRUE);
  image->width = jpeg->image_width;
  image->height = jpeg->image_height;
  if (!kiln_image_fits(image, limits, d->message)) {
    d->status = kiln_image_too_large;
    return;
  }
  image->is_gray = jpeg->num_components == 1;
  jpeg->out_color_space = jpeg->num_components == 4 ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(jpeg);
  if (!kiln_image_allocate(image)) ERREXIT1(jpeg, JERR_OUT_OF_MEMORY, 0);
  read_rows(d);
  jpeg_finish_decompress(jpeg);
}

kiln_image_status kiln_decode_jpeg(const uint8_t *bytes, size_t count, kiln_image_limits limits, kiln_image *image,
                                   char *message) {
  *image = (kiln_image){0};
  message[0] = 0;
  decoder *d = calloc(1, sizeof(decoder));
  if (!d) return kiln_image_out_of_memory;
  d->message = message;
  d->image = image;
  d->jpeg.err = jpeg_std_error(&d->errors);
  d->jpeg.client_data = d;
  d->errors.error_exit = fail;
  d->errors.emit_message = hear;
  d->errors.output_message = be_quiet;
  d->progress.progress_monitor = watch_scans;
  if (!setjmp(d->escape)) decode(d, bytes, count, limits);
  kiln_image_status status = d->status;
  jpeg_destroy_decompress(&d->jpeg);
  free(d);
  if (status != kiln_image_ok) kiln_image_free(image);
  return status;
}
