#include <zlib.h>

/// `deflateInit2` is a macro. A stream that writes gzip, or nothing on failure.
static inline int parlor_gzip_init(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

/// `inflateInit2` is a macro. Reads gzip only.
static inline int parlor_gunzip_init(z_stream *stream) {
    return inflateInit2(stream, 15 + 16);
}
