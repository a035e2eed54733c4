#ifndef CFUZZER_H
#define CFUZZER_H

#include <stddef.h>
#include <stdint.h>

/// libFuzzer's own entry: calls `target` with one input after the other until it is told to end.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*target)(const uint8_t *bytes, size_t count));

/// What the `main` of libFuzzer would call.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

#endif
