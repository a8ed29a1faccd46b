/// What libjpeg's errors mean to somebody who has the file.
#pragma once

#include <stddef.h>
#include <stdio.h>

#include <jerror.h>

/// - Returns: NULL where libjpeg's own words do.
static inline const char *codec_jpeg_words(int code) {
  switch (code) {
    case JERR_SOF_UNSUPPORTED:
      return "a lossless or hierarchical JPEG; save it as an ordinary one";
    case JERR_BAD_PRECISION:
      return "a JPEG of more than 8 bits a sample; save it as an ordinary one";
    case JERR_ARITH_NOTIMPL:
      return "a JPEG with arithmetic coding; save it as an ordinary one";
    case JERR_CONVERSION_NOTIMPL:
    case JERR_COMPONENT_COUNT:
      return "a JPEG whose colours are neither gray, RGB, YCbCr, CMYK nor YCCK; save it in RGB";
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
      return "a JPEG whose colours are stored in sizes that do not fit each other; save it as an ordinary one";
    case JERR_EMPTY_IMAGE:
      return "a JPEG whose header gives no height or width; save it as an ordinary one";
    case JERR_NO_SOI:
      return "it does not begin as a JPEG does";
    default:
      return NULL;
  }
}
