// SPDX-License-Identifier: Apache-2.0
//
// Where commands write: text as ZooKeeper's shell formats it, or one JSON document for each
// command. One thread. Text and JSON are never mixed on standard output.
#pragma once

#include <ostream>
#include <string>

#include <boost/json/value.hpp>

#include "client_cli/failure.h"
#include "client_session/answer.h"
#include "client_session/types.h"

namespace paddock::cli {

enum class Format {
  Text,
  Json
};

class Output {
 public:
  Output(std::ostream& out, std::ostream& err, Format format)
      : out_(out), err_(err), format_(format) {}

  [[nodiscard]] bool is_json() const { return format_ == Format::Json; }

  /// A line of text on standard output; nothing in JSON.
  void line(View text);
  /// Bytes as they are on standard output; nothing in JSON.
  void raw(View bytes);
  /// A line of JSON on standard output; nothing in text.
  void json(const boost::json::value& value);
  /// A remark for a person, on standard error, in both formats.
  void remark(View text);
  void stat(const client::Stat& stat);
  void event(const client::Event& event);
  void failure(const Failure& failure);

 private:
  std::ostream& out_;
  std::ostream& err_;
  Format format_;
};

[[nodiscard]] boost::json::object to_json(const client::Stat& stat);
[[nodiscard]] boost::json::object to_json(const client::Event& event);
/// Adds `data` as "data" if it is UTF-8 (or null), else as "data_base64".
void add_data(boost::json::object& into, const std::optional<std::string>& data);

/// "Sat Nov 21 23:57:11 UTC 2026", in the local time zone.
[[nodiscard]] std::string format_time(std::int64_t ms_since_epoch);
[[nodiscard]] bool is_utf8(View bytes);
[[nodiscard]] std::string to_base64(View bytes);
/// Nothing if `text` is not base64.
[[nodiscard]] std::optional<std::string> from_base64(View text);

}  // namespace paddock::cli
