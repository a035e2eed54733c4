#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The first stage of simdjson with its buffer: it checks the UTF-8 of a text, and that its strings are closed and free
/// of bare control characters, and finds where its tokens begin.
typedef struct parlor_json_index parlor_json_index;

enum parlor_json_result {
    /// The tokens were found.
    PARLOR_JSON_FOUND,
    /// The text is no JSON.
    PARLOR_JSON_REFUSED,
    /// There is no memory for the tokens of a text of this length.
    PARLOR_JSON_NO_MEMORY,
};

/// A new index, for the instructions of that name or for the best that this processor has; NULL when there is no memory
/// or the processor has no such instructions.
parlor_json_index *parlor_json_index_make(const char *instructions);

/// Gives the memory back.
void parlor_json_index_free(parlor_json_index *index);

/// Finds the tokens of `length` bytes, of which there must be some and fewer than 2^31. Nothing beyond them is read,
/// and nothing is copied where the processor has vector instructions: simdjson wants its padding for the second stage.
enum parlor_json_result parlor_json_index_find(parlor_json_index *index, const uint8_t *bytes, size_t length);

/// Where the tokens begin, and `length` behind the last of them. They hold until the next call.
const uint32_t *parlor_json_index_offsets(const parlor_json_index *index);

/// How many tokens there are.
size_t parlor_json_index_count(const parlor_json_index *index);

/// The name of the instructions at a position of simdjson's list; NULL behind its end.
const char *parlor_json_instructions(size_t position);

#ifdef __cplusplus
}
#endif
