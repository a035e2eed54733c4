#include "CSimdJSON.h"

#include <cstring>
#include <memory>
#include <new>
#include <simdjson.h>

struct parlor_json_index {
    const simdjson::implementation *instructions;
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stages;
    /// A copy of the text with padding behind it, for instructions that read beyond it.
    std::unique_ptr<uint8_t[]> copy;
};

/// The instructions for processors without any vectors look at the bytes behind a character that is cut off at the end.
/// All others copy the last block of a text before they look at it.
static bool reads_beyond(const simdjson::implementation *instructions) { return instructions->name() == "fallback"; }

static const simdjson::implementation *instructions_named(const char *name) {
    if (name == nullptr) return simdjson::get_active_implementation();
    const simdjson::implementation *found = simdjson::get_available_implementations()[name];
    return found != nullptr && found->supported_by_runtime_system() ? found : nullptr;
}

parlor_json_index *parlor_json_index_make(const char *name) {
    const simdjson::implementation *instructions = instructions_named(name);
    return instructions == nullptr ? nullptr : new (std::nothrow) parlor_json_index{instructions, nullptr, nullptr};
}

void parlor_json_index_free(parlor_json_index *index) { delete index; }

/// Room for a text of `length` bytes, in powers of two so that growing texts do not each need a new one.
static simdjson::error_code make_room(parlor_json_index *index, size_t length) {
    if (index->stages && index->stages->capacity() >= length) return simdjson::SUCCESS;
    size_t capacity = 4096;
    while (capacity < length) capacity *= 2;
    // The depth is that of the second stage, which is never run.
    if (reads_beyond(index->instructions)) {
        index->copy.reset(new (std::nothrow) uint8_t[capacity + simdjson::SIMDJSON_PADDING]);
        if (!index->copy) return simdjson::MEMALLOC;
    }
    if (index->stages) return index->stages->allocate(capacity, 1);
    return index->instructions->create_dom_parser_implementation(capacity, 1, index->stages);
}

enum parlor_json_result parlor_json_index_find(parlor_json_index *index, const uint8_t *bytes, size_t length) {
    if (make_room(index, length) != simdjson::SUCCESS) return PARLOR_JSON_NO_MEMORY;
    if (index->copy) {
        memcpy(index->copy.get(), bytes, length);
        memset(index->copy.get() + length, 0, simdjson::SIMDJSON_PADDING);
        bytes = index->copy.get();
    }
    simdjson::error_code error = index->stages->stage1(bytes, length, simdjson::stage1_mode::regular);
    if (error != simdjson::SUCCESS) return PARLOR_JSON_REFUSED;
    index->stages->structural_indexes[index->stages->n_structural_indexes] = uint32_t(length);
    return PARLOR_JSON_FOUND;
}

const uint32_t *parlor_json_index_offsets(const parlor_json_index *index) {
    return index->stages ? index->stages->structural_indexes.get() : nullptr;
}

size_t parlor_json_index_count(const parlor_json_index *index) {
    return index->stages ? index->stages->n_structural_indexes : 0;
}

const char *parlor_json_instructions(size_t position) {
    const auto &list = simdjson::get_available_implementations();
    return position < list.size() ? list.begin()[position]->name().c_str() : nullptr;
}
