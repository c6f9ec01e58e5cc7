// SPDX-License-Identifier: Apache-2.0
#include "backup/source.h"

#include <utility>

#include <fmt/format.h>

#include "base/number_text.h"
#include "client_cli/output.h"
#include "data/sha256.h"
#include "storage/posix_disk.h"

namespace paddock::backup {
namespace {

constexpr unsigned kGone = 410;

Result<Zxid> zxid_in(const HttpAnswer& answer, const std::string& name) {
  const std::string text = answer.header(name);
  const auto zxid = text.starts_with("0x") ? parse_zxid(text) : std::nullopt;
  if (zxid) return *zxid;
  return fail("the answer has no " + name + "; is this the admin port of a Paddock server?");
}

}  // namespace

Source::Source(Url url, const SourceOptions& options) : url_(std::move(url)), http_(options.tls) {
  if (!options.token.empty()) authorization_ = "Bearer " + options.token;
  if (!options.auth.empty()) authorization_ = "Basic " + cli::to_base64(options.auth);
}

Result<Source> Source::create(const SourceOptions& options) {
  auto url = parse_url(options.url);
  PADDOCK_TRY(url);
  return Source(std::move(*url), options);
}

Result<HttpAnswer> Source::ask(const std::string& target, const Sink& sink) {
  HttpRequest request{.url = url_};
  request.url.target = target;
  if (!authorization_.empty()) request.headers.emplace_back("Authorization", authorization_);
  auto answer = http_.ask(request, sink);
  PADDOCK_TRY(answer);
  if (answer->is_success() || answer->status == kGone) return answer;
  while (answer->body.ends_with('\n')) answer->body.pop_back();
  return fail(
      fmt::format("{} refuses {}: {} {}", url_.authority(), target, answer->status, answer->body));
}

Result<FetchedSnapshot> Source::fetch_snapshot(const std::string& file) {
  storage::PosixDisk disk;
  auto into = disk.open(file, storage::OpenMode::Create);
  PADDOCK_TRY(into);
  data::Sha256 sum;
  std::uint64_t at = 0;
  const auto answer = ask("/admin/snapshot", [&](View piece) -> Result<> {
    PADDOCK_TRY((*into)->write(at, piece));
    at += piece.size();
    sum.add(piece);
    return {};
  });
  PADDOCK_TRY(answer);
  PADDOCK_TRY((*into)->sync());
  const auto zxid = zxid_in(*answer, "x-paddock-zxid");
  PADDOCK_TRY(zxid);
  FetchedSnapshot fetched{
      .zxid = *zxid, .sha256 = sum.hex(), .ensemble = answer->header("x-paddock-ensemble")};
  if (fetched.sha256 == answer->header("x-paddock-sha256")) return fetched;
  return fail("what came from " + url_.authority() + " is not what it sent: its SHA-256 differs");
}

Result<FetchedLog> Source::fetch_log(Zxid after) {
  auto answer = ask(fmt::format("/admin/log?after=0x{:x}", after.value));
  PADDOCK_TRY(answer);
  if (answer->status == kGone) return FetchedLog{.is_gone = true};
  const auto last = zxid_in(*answer, "x-paddock-last");
  PADDOCK_TRY(last);
  const auto committed = zxid_in(*answer, "x-paddock-committed");
  PADDOCK_TRY(committed);
  return FetchedLog{.last = *last,
                    .committed = *committed,
                    .ensemble = answer->header("x-paddock-ensemble"),
                    .transactions = std::move(answer->body)};
}

}  // namespace paddock::backup
