#pragma once

#include <stdint.h>

/// The machine's wall clock in microseconds since 1970, UTC.
///
/// In C because Swift 6.3 finds the members of `timespec` and `timeval` in a module that cannot be imported by name.
int64_t parlor_wall_clock(void);
