// SPDX-License-Identifier: Apache-2.0
#include "auth/identities.h"

namespace paddock::auth {

void IdentitySet::add(View scheme, View id) {
  for (const jute::Id& known : ids_.view()) {
    if (known.scheme == scheme && known.id == id) return;
  }
  ids_.add({scheme, id});
}

}  // namespace paddock::auth
