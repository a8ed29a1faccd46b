#include "jpeg_windows.h"
#include "status.h"

#include <setjmp.h>
#include <stdbool.h>

#include <jerror.h>

#include "jpeg_words.h"

/// Everything that is needed after a longjmp. It lies in a frame above the one that calls setjmp, so that it is intact.
/// `errors` comes first: a pointer to it is a pointer to the whole.
typedef struct jpeg_reading {
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  struct jpeg_windows windows;
  struct jpeg_decompress_struct jpeg;
  /// The scan that was counted last, and the coefficients that it and those before it visit.
  int scan;
  uint64_t visits;
  codec_status status;
  codec_message message;
  jmp_buf escape;
} jpeg_reading;

/// Progressive files have about ten scans. Each visits every block, so that a few bytes a scan could cost hours.
enum { scan_limit = 200 };

/// The coefficients that all scans of an image may visit: a second's work at most. The scans of common encoders visit each
/// coefficient three times, which makes 220 million for a photograph of 24 megapixels without subsampling.
static const uint64_t visit_limit = 1 << 29;

/// A scan of few coefficients costs as much for a block as one of this many.
enum { least_visits = 8 };

static codec_status status_of(int code) {
  switch (code) {
    case JWRN_JPEG_EOF:
    case JERR_INPUT_EOF:
    case JERR_INPUT_EMPTY:
      return codec_status_truncated;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_EMPTY_IMAGE:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
      return codec_status_unsupported;
    case JERR_IMAGE_TOO_BIG:
    case JERR_WIDTH_OVERFLOW:
      return codec_status_too_large;
    case JERR_NO_BACKING_STORE:
    case JERR_OUT_OF_MEMORY:
      return codec_status_no_memory;
    default:
      return codec_status_corrupt;
  }
}

/// Whether a warning leaves every pixel as it was meant.
static bool is_harmless(j_common_ptr jpeg) {
  switch (jpeg->err->msg_code) {
    case JWRN_BOGUS_ICC:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
      return true;
    case JWRN_EXTRANEOUS_DATA:
      // Between the segments of the header somebody has put too much. Within a scan or behind it the decoder has lost
      // its place, and what it took for pixels before is not what was meant.
      return ((j_decompress_ptr)jpeg)->input_scan_number == 0;
    default:
      return false;
  }
}

static void give_up(jpeg_reading *reading, codec_status status, const char *text) {
  reading->status = codec_say(reading->message, status, text);
  longjmp(reading->escape, 1);
}

static void on_error(j_common_ptr jpeg) {
  char text[JMSG_LENGTH_MAX];
  int code = jpeg->err->msg_code;
  if (codec_jpeg_words(code) == NULL) jpeg->err->format_message(jpeg, text);
  give_up((jpeg_reading *)jpeg->err, status_of(code), codec_jpeg_words(code) == NULL ? text : codec_jpeg_words(code));
}

/// libjpeg goes on after damage and paints what is missing gray. Here damage ends the decoding.
static void on_message(j_common_ptr jpeg, int level) {
  bool is_warning = level < 0;
  if (is_warning && !is_harmless(jpeg)) on_error(jpeg);
}

/// The coefficients that the current scan visits.
static uint64_t visits_of_scan(j_decompress_ptr jpeg) {
  uint64_t blocks = 0;
  for (int index = 0; index < jpeg->comps_in_scan; index++)
    blocks += (uint64_t)jpeg->cur_comp_info[index]->width_in_blocks * jpeg->cur_comp_info[index]->height_in_blocks;
  int coefficients = jpeg->progressive_mode ? jpeg->Se - jpeg->Ss + 1 : DCTSIZE2;
  return blocks * (uint64_t)(coefficients > least_visits ? coefficients : least_visits);
}

/// libjpeg calls it before each row of units. Of an image in several scans, all are read before the first pixel is made.
static void on_progress(j_common_ptr common) {
  j_decompress_ptr jpeg = (j_decompress_ptr)common;
  jpeg_reading *reading = (jpeg_reading *)jpeg->err;
  if (!jpeg_has_multiple_scans(jpeg) || jpeg->input_scan_number <= reading->scan) return;
  reading->scan = jpeg->input_scan_number;
  reading->visits += visits_of_scan(jpeg);
  if (reading->scan > scan_limit) give_up(reading, codec_status_too_large, "more than 200 scans");
  if (reading->visits > visit_limit)
    give_up(reading, codec_status_too_large, "its scans visit more than 536870912 coefficients; save it with fewer scans");
}

static void read_header(jpeg_reading *reading, codec_bytes file) {
  j_decompress_ptr jpeg = &reading->jpeg;
  reading->progress.progress_monitor = on_progress;
  jpeg_create_decompress(jpeg);
  jpeg->progress = &reading->progress;
  jpeg_open_windows(jpeg, &reading->windows, file);
  jpeg_read_header(jpeg, TRUE);
  switch (jpeg->jpeg_color_space) {
    case JCS_GRAYSCALE:
      jpeg->out_color_space = JCS_GRAYSCALE;
      break;
    case JCS_CMYK:
    case JCS_YCCK:
      jpeg->out_color_space = JCS_CMYK;
      break;
    default:
      jpeg->out_color_space = JCS_RGB;
  }
}

/// The memory of a component's coefficients: blocks in whole units.
static uint64_t coefficient_bytes(j_decompress_ptr jpeg, int index) {
  const jpeg_component_info *component = &jpeg->comp_info[index];
  uint64_t across = component->h_samp_factor, down = component->v_samp_factor;
  uint64_t columns = (component->width_in_blocks + across - 1) / across * across;
  uint64_t rows = (component->height_in_blocks + down - 1) / down * down;
  return columns * rows * sizeof(JBLOCK);
}

static codec_layout layout_of(j_decompress_ptr jpeg) {
  codec_layout layout = {
      .width = jpeg->image_width,
      .height = jpeg->image_height,
      .channels = jpeg->out_color_space == JCS_GRAYSCALE ? 1 : 3,
      .reduction = 1,
  };
  // Some rows of blocks; of an image in several scans, the coefficients of all its blocks until the last scan is read.
  layout.working = (uint64_t)jpeg->image_width * 256 + (1 << 20);
  if (jpeg_has_multiple_scans(jpeg))
    for (int index = 0; index < jpeg->num_components; index++) layout.working += coefficient_bytes(jpeg, index);
  return layout;
}

/// x y / 255, rounded, for bytes.
static uint8_t product(unsigned x, unsigned y) {
  unsigned scaled = x * y + 128;
  return (uint8_t)((scaled + (scaled >> 8)) >> 8);
}

/// CMYK is stored inverted, 0 for full ink, as Adobe's programs began and everyone followed.
static void to_rgb(const uint8_t *cmyk, uint32_t width, uint8_t *rgb) {
  for (uint32_t x = 0; x < width; x++, cmyk += 4, rgb += 3)
    for (int channel = 0; channel < 3; channel++) rgb[channel] = product(cmyk[channel], cmyk[3]);
}

static void read_rows(j_decompress_ptr jpeg, codec_layout layout, uint8_t *pixels) {
  uint32_t width = jpeg->output_width;
  size_t row_size = (size_t)width * layout.channels;
  bool is_cmyk = jpeg->out_color_space == JCS_CMYK;
  JSAMPARRAY wide = is_cmyk ? jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, width * 4, 1) : NULL;
  while (jpeg->output_scanline < jpeg->output_height) {
    JSAMPROW row = pixels + jpeg->output_scanline * row_size;
    jpeg_read_scanlines(jpeg, is_cmyk ? wide : &row, 1);
    if (is_cmyk) to_rgb(wide[0], width, row);
  }
}

static void read_pixels(jpeg_reading *reading, codec_layout layout, uint8_t *pixels) {
  j_decompress_ptr jpeg = &reading->jpeg;
  codec_layout found = layout_of(jpeg);
  if (found.width != layout.width || found.height != layout.height || found.channels != layout.channels)
    give_up(reading, codec_status_corrupt, "the image is not as its header says");
  jpeg->scale_num = 1;
  jpeg->scale_denom = layout.reduction;
  jpeg->mem->max_memory_to_use = (long)found.working;
  jpeg_start_decompress(jpeg);
  if (jpeg->output_width != codec_reduced(layout.width, layout.reduction) ||
      jpeg->output_height != codec_reduced(layout.height, layout.reduction))
    give_up(reading, codec_status_corrupt, "the image cannot be reduced as was asked");
  read_rows(jpeg, layout, pixels);
  // A component that no scan mentioned has no quantization table latched; libjpeg paints it gray without a word.
  for (int index = 0; index < jpeg->num_components; index++)
    if (jpeg->comp_info[index].quant_table == NULL)
      give_up(reading, codec_status_corrupt, "a colour component has no scan");
  jpeg_finish_decompress(jpeg);
}

/// Reads the header, and the pixels too if there is a place for them.
static void try_to_read(jpeg_reading *reading, codec_bytes file, codec_layout *layout, uint8_t *pixels) {
  reading->jpeg.err = jpeg_std_error(&reading->errors);
  reading->errors.error_exit = on_error;
  reading->errors.emit_message = on_message;
  if (setjmp(reading->escape) != 0) return;
  read_header(reading, file);
  if (pixels == NULL)
    *layout = layout_of(&reading->jpeg);
  else
    read_pixels(reading, *layout, pixels);
}

codec_status codec_jpeg_layout(
    codec_bytes file, codec_choices choices, codec_limits limits, codec_layout *layout, codec_message message) {
  (void)choices;
  jpeg_reading reading = {.message = message};
  try_to_read(&reading, file, layout, NULL);
  jpeg_destroy_decompress(&reading.jpeg);
  return reading.status == codec_status_ok ? codec_check_size(*layout, limits, message) : reading.status;
}

codec_status codec_jpeg_decode(
    codec_bytes file, codec_choices choices, codec_layout layout, uint8_t *pixels, codec_notes *notes,
    codec_message message) {
  (void)choices;
  *notes = (codec_notes){.is_transparent = false};
  jpeg_reading reading = {.message = message};
  try_to_read(&reading, file, &layout, pixels);
  jpeg_destroy_decompress(&reading.jpeg);
  return reading.status;
}
