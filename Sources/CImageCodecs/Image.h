#pragma once
#include "CImageCodecs.h"

/// Whether the limits allow the image's size; says so if not.
int kiln_image_fits(const kiln_image *image, kiln_image_limits limits, char *message);

/// The image's memory, or 0.
int kiln_image_allocate(kiln_image *image);
