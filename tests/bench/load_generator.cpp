// SPDX-License-Identifier: Apache-2.0
//
// `paddock bench` as a program of its own, so that measuring needs neither the shell nor its
// libraries.
#include "bench/bench.h"

int main(int argc, char** argv) {
  return paddock::bench::bench_main(argc, argv);
}
