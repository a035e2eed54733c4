#include "CFuzzer.h"

/// libFuzzer's own `main` refers to this; ours takes its place, so it is never called.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) { return bytes == NULL || count == 0 ? 0 : -1; }
