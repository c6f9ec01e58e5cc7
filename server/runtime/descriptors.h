// SPDX-License-Identifier: Apache-2.0
//
// File descriptors: as many as the system allows, some of them kept for the server's own files, so
// that clients cannot take those that the log needs.
#pragma once

namespace paddock::runtime {

/// Raises the process's limit as far as it may go.
void raise_descriptor_limit();
/// The number from which on clients get no descriptor.
[[nodiscard]] int descriptors_for_clients();
/// The same for the admin server, which must answer when clients have taken all of theirs.
[[nodiscard]] int descriptors_for_admin();

}  // namespace paddock::runtime
