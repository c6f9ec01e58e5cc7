// SPDX-License-Identifier: Apache-2.0
//
// Ids of the scheme x509 as ACLs may have them: names of certificates' subjects, "CN=alice,O=…".
// Only their form is judged, by hand, so that every server accepts exactly the same; they are
// compared letter for letter. Source: ZooKeeper X509AuthenticationProvider.isValid, and with it
// Java's X500Principal.
#pragma once

#include "base/bytes.h"

namespace paddock::auth {

[[nodiscard]] bool is_x509_name(View text);

}  // namespace paddock::auth
