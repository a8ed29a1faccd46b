#pragma once
// The digest of bytes by libmd, the message digests of the BSD systems as a library of their own.
#include <stddef.h>
#include <stdint.h>

// Writes the SHA-256 of the bytes (FIPS 180-4) as 64 lower-case hexadecimal digits and a NUL.
void digest_sha256(const uint8_t *bytes, size_t count, char digits[65]);
