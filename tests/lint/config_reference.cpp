// SPDX-License-Identifier: Apache-2.0
//
// Prints the tables of docs/configuration.md, for reference.py to compare.
#include <cstdio>

#include "config/render.h"

int main() {
  std::fputs(paddock::config::render_reference().c_str(), stdout);
  return 0;
}
