#include "jpeg_windows.h"

#include <jerror.h>

/// The bytes that the decoder is given at a time. With less than 512 bytes at hand for each block of a unit,
/// libjpeg-turbo decodes Huffman codes one by one (jdhuff.c, `decode_mcu`) and warns of each that does not exist. Its
/// faster way takes such a code for a zero without a word. It would save 6% of a photograph's time.
enum { window = 511 };

static void on_source_event(j_decompress_ptr jpeg) { (void)jpeg; }

/// The next bytes of the file; behind its last one a marker that ends the image, and a warning that ends the decoding.
static boolean on_empty_window(j_decompress_ptr jpeg) {
  static const JOCTET end[] = {0xFF, JPEG_EOI};
  codec_bytes *rest = &((struct jpeg_windows *)jpeg->src)->rest;
  if (rest->count == 0) {
    jpeg->src->next_input_byte = end;
    jpeg->src->bytes_in_buffer = sizeof end;
    WARNMS(jpeg, JWRN_JPEG_EOF);
    return TRUE;
  }
  size_t count = rest->count < window ? rest->count : window;
  jpeg->src->next_input_byte = rest->start;
  jpeg->src->bytes_in_buffer = count;
  rest->start += count;
  rest->count -= count;
  return TRUE;
}

static void on_skip(j_decompress_ptr jpeg, long bytes) {
  if (bytes <= 0) return;
  codec_bytes *rest = &((struct jpeg_windows *)jpeg->src)->rest;
  size_t count = (size_t)bytes, at_hand = jpeg->src->bytes_in_buffer;
  size_t near = count < at_hand ? count : at_hand;
  size_t far = count - near < rest->count ? count - near : rest->count;
  jpeg->src->next_input_byte += near;
  jpeg->src->bytes_in_buffer -= near;
  rest->start += far;
  rest->count -= far;
}

void jpeg_open_windows(j_decompress_ptr jpeg, struct jpeg_windows *windows, codec_bytes file) {
  windows->rest = file;
  windows->source = (struct jpeg_source_mgr){
      .init_source = on_source_event,
      .fill_input_buffer = on_empty_window,
      .skip_input_data = on_skip,
      .resync_to_restart = jpeg_resync_to_restart,
      .term_source = on_source_event,
  };
  jpeg->src = &windows->source;
}
