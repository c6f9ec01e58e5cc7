// SPDX-License-Identifier: Apache-2.0
//
// Assertions for "we were wrong": on in release builds, they print the place and abort. Input from
// outside (clients, peers, disks, configuration) is never asserted on; it gets an error value.
#pragma once

namespace paddock {

/// Prints `expression` and its place to standard error and aborts.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace paddock

#define PADDOCK_ASSERT(expression)                    \
  (__builtin_expect(static_cast<bool>(expression), 1) \
       ? static_cast<void>(0)                         \
       : ::paddock::assertion_failed(#expression, __FILE__, __LINE__))

#define PADDOCK_UNREACHABLE() ::paddock::assertion_failed("unreachable", __FILE__, __LINE__)
