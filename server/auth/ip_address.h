// SPDX-License-Identifier: Apache-2.0
//
// Addresses of the scheme `ip` as text: IPv4, IPv6 and ranges ("10.0.0.0/8", "fd00::/16"). Parsed
// by hand so that every server accepts exactly the same texts whatever its C library does. Source:
// ZooKeeper IPAuthenticationProvider.
#pragma once

#include "base/bytes.h"

namespace paddock::auth {

/// Whether `text` is an address, or an address and a number of leading bits.
[[nodiscard]] bool is_ip_range(View text);

/// Whether `address` lies in `range`. False if either is malformed or they are of different
/// families.
[[nodiscard]] bool is_ip_in_range(View address, View range);

}  // namespace paddock::auth
