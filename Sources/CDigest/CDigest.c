#include "CDigest.h"
#include <sha2.h>

void digest_sha256(const uint8_t *bytes, size_t count, char digits[65]) { SHA256Data(bytes, count, digits); }
