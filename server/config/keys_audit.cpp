// SPDX-License-Identifier: Apache-2.0
#include "config/fields.h"
#include "config/key_table.h"

namespace paddock::config {
namespace {

using enum KeyClass;
using enum Support;
using S = ServerConfig;

constexpr ChoiceNames<LogFormat, 2> kFormats{{
    {"text", LogFormat::Text},
    {"json", LogFormat::Json},
}};

template <class Kind, auto Member>
consteval Field audit() {
  return field<Kind, &S::audit, Member>();
}

constexpr std::int64_t kMegabyte = 1024 * 1024;

constexpr Key kKeys[] = {
    {"audit.enable",
     Essential,
     Honoured,
     audit<Flag, &AuditConfig::enabled>(),
     "",
     "Logs who changed what, who authenticated, and what was asked of the admin port."},
    {"audit.impl.class", Mapped, NoEffect, kNoField, "Slf4jAuditLogger", "Class that does."},
    {"paddock.audit.file",
     Own,
     Honoured,
     audit<Text, &AuditConfig::file>(),
     "standard output",
     "File that it goes to."},
    {"paddock.audit.format",
     Own,
     Honoured,
     audit<Choice<kFormats>, &AuditConfig::format>(),
     "",
     "Form of its lines: `text`, as ZooKeeper writes them, or `json`."},
    {"paddock.audit.fileSizeInMb",
     Own,
     Honoured,
     audit<Size<kMegabyte, 1>, &AuditConfig::file_bytes_max>(),
     "",
     "Megabytes at which the file becomes `FILE.1`, that one `FILE.2`, and so on."},
    {"paddock.audit.oldFiles",
     Own,
     Honoured,
     audit<Number<0, 1000>, &AuditConfig::old_files_max>(),
     "",
     "How many of those are kept."},
};

}  // namespace

std::span<const Key> audit_keys() {
  return kKeys;
}

}  // namespace paddock::config
