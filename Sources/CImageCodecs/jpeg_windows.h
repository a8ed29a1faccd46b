/// A file in memory, handed to libjpeg in pieces.
#pragma once

#include "CImageCodecs.h"

#include <stdio.h>

#include <jpeglib.h>

/// `source` comes first: a pointer to it is a pointer to the whole.
struct jpeg_windows {
  struct jpeg_source_mgr source;
  /// What the decoder has not been given yet.
  codec_bytes rest;
};

/// Lets the decoder read `file`. The windows live as long as it does.
void jpeg_open_windows(j_decompress_ptr jpeg, struct jpeg_windows *windows, codec_bytes file);
