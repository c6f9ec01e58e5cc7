// SPDX-License-Identifier: Apache-2.0
//
// The parts of `paddock data`. Each prints what it found and returns how it ended.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "client_cli/output.h"
#include "datatool/target.h"

namespace paddock::datatool {

/// Whether what was asked for is so: `check` and `compare` can say no.
using Verdict = Result<bool>;

struct ShowOptions {
  TargetOptions target;
  bool with_records = false;  // of logs
  bool with_nodes = false;    // of the tree
};
[[nodiscard]] Verdict show(const ShowOptions& options, cli::Output& out);

[[nodiscard]] Verdict check(const TargetOptions& target, cli::Output& out);

struct CompareOptions {
  TargetOptions first;
  TargetOptions second;
  std::int64_t limit = 100;
};
[[nodiscard]] Verdict compare(const CompareOptions& options, cli::Output& out);

struct SizesOptions {
  TargetOptions target;
  std::int64_t depth = 2;
  std::int64_t top = 20;
};
[[nodiscard]] Verdict sizes(const SizesOptions& options, cli::Output& out);

struct ImportOptions {
  std::string apache;
  std::string apache_log;
  std::string data;
  std::string log;
  std::int32_t server = 0;
  bool ignores_digest = false;
};
[[nodiscard]] Verdict import(const ImportOptions& options, cli::Output& out);

struct ExportOptions {
  TargetOptions target;
  std::string apache;
};
[[nodiscard]] Verdict export_to_apache(const ExportOptions& options, cli::Output& out);

}  // namespace paddock::datatool
