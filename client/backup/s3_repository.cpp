// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdlib>
#include <ctime>
#include <utility>

#include <fmt/format.h>

#include "backup/repository.h"
#include "backup/s3_signature.h"
#include "data/sha256.h"
#include "storage/posix_disk.h"

namespace paddock::backup {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;
constexpr std::string_view kScheme = "s3://";
constexpr std::string_view kGrowing = ".tmp";

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts)};
}

Result<std::string> sum_of(const std::string& path) {
  storage::PosixDisk disk;
  auto file = disk.open(path, storage::OpenMode::Read);
  PADDOCK_TRY(file);
  data::Sha256 sum;
  std::string piece(kPieceBytes, '\0');
  for (std::uint64_t at = 0;;) {
    const auto got = (*file)->read(at, piece);
    PADDOCK_TRY(got);
    if (*got == 0) return sum.hex();
    sum.add(View{piece}.substr(0, *got));
    at += *got;
  }
}

/// The texts of all elements of a name, as they stand: keys here hold nothing that XML escapes.
std::vector<std::string> elements(std::string_view xml, std::string_view name) {
  const std::string open = fmt::format("<{}>", name);
  const std::string close = fmt::format("</{}>", name);
  std::vector<std::string> found;
  for (std::size_t at = xml.find(open); at != std::string_view::npos; at = xml.find(open, at)) {
    at += open.size();
    const std::size_t end = xml.find(close, at);
    if (end == std::string_view::npos) break;
    found.emplace_back(xml.substr(at, end - at));
  }
  return found;
}

class S3Repository final : public Repository {
 public:
  S3Repository(std::string bucket,
               std::string prefix,
               Url endpoint,
               std::string region,
               S3Credentials credentials,
               const TlsFiles& tls)
      : bucket_(std::move(bucket)),
        prefix_(std::move(prefix)),
        endpoint_(std::move(endpoint)),
        region_(std::move(region)),
        credentials_(std::move(credentials)),
        http_(tls) {}

  Result<std::vector<std::string>> list() override {
    std::vector<std::string> names;
    std::string next;
    do {
      std::map<std::string, std::string> query{{"list-type", "2"}, {"prefix", prefix_}};
      if (!next.empty()) query["continuation-token"] = next;
      const auto answer = ask({.method = "GET", .path = "/" + bucket_, .query = query});
      PADDOCK_TRY(answer);
      for (const std::string& key : elements(answer->body, "Key")) {
        if (key.starts_with(prefix_)) names.push_back(key.substr(prefix_.size()));
      }
      const auto tokens = elements(answer->body, "NextContinuationToken");
      next = tokens.empty() ? "" : tokens.front();
    } while (!next.empty());
    return names;
  }

  Result<> put(const std::string& file, const std::string& name) override {
    const auto sum = sum_of(file);
    PADDOCK_TRY(sum);
    PADDOCK_TRY(ask({.method = "PUT", .path = path_of(name), .body_sha256 = *sum}, file));
    return {};
  }

  Result<> remove(const std::string& name) override {
    PADDOCK_TRY(ask({.method = "DELETE", .path = path_of(name)}));
    return {};
  }

  Result<> get(const std::string& name, const std::string& file) override {
    storage::PosixDisk disk;
    const std::string growing = file + std::string(kGrowing);
    auto into = disk.open(growing, storage::OpenMode::Create);
    PADDOCK_TRY(into);
    std::uint64_t at = 0;
    PADDOCK_TRY(ask({.method = "GET", .path = path_of(name)}, {}, [&](View piece) -> Result<> {
      PADDOCK_TRY((*into)->write(at, piece));
      at += piece.size();
      return {};
    }));
    PADDOCK_TRY((*into)->sync());
    PADDOCK_TRY(disk.rename(growing, file));
    return {};
  }

 private:
  [[nodiscard]] std::string path_of(const std::string& name) const {
    return "/" + bucket_ + "/" + prefix_ + name;
  }

  Result<HttpAnswer> ask(S3Request request, const std::string& file = {}, const Sink& sink = {}) {
    request.host = endpoint_.authority();
    request.region = region_;
    request.time = utc_now();
    if (request.body_sha256.empty()) request.body_sha256 = data::sha256_hex({});
    HttpRequest sent{.method = request.method, .url = endpoint_, .body_file = file};
    sent.url.target = target_of(request);
    sent.headers = sign_s3(request, credentials_);
    auto answer = http_.ask(sent, sink);
    PADDOCK_TRY(answer);
    if (answer->is_success()) return answer;
    const auto codes = elements(answer->body, "Code");
    return fail(
        fmt::format("{} refuses {} {}: {} {}; check the bucket's name, the endpoint, the "
                    "region and the credentials",
                    endpoint_.authority(),
                    request.method,
                    request.path,
                    answer->status,
                    codes.empty() ? "" : codes.front()));
  }

  std::string bucket_;
  std::string prefix_;
  Url endpoint_;
  std::string region_;
  S3Credentials credentials_;
  HttpClient http_;
};

}  // namespace

Result<std::unique_ptr<Repository>> s3_repository(const std::string& where,
                                                  const S3Options& options,
                                                  const TlsFiles& tls) {
  const std::string_view path = std::string_view(where).substr(kScheme.size());
  const std::size_t slash = path.find('/');
  const std::string bucket(path.substr(0, slash));
  std::string prefix(slash == std::string_view::npos ? "" : path.substr(slash + 1));
  if (!prefix.empty() && !prefix.ends_with('/')) prefix.push_back('/');
  if (bucket.empty()) return fail(where + ": expected s3://bucket or s3://bucket/prefix");
  std::string region = options.region.empty() ? variable("AWS_REGION") : options.region;
  if (region.empty()) region = "us-east-1";
  std::string endpoint = options.endpoint.empty() ? variable("AWS_ENDPOINT_URL") : options.endpoint;
  if (endpoint.empty()) endpoint = fmt::format("https://s3.{}.amazonaws.com", region);
  const auto url = parse_url(endpoint);
  PADDOCK_TRY(url);
  S3Credentials credentials{.key = variable("AWS_ACCESS_KEY_ID"),
                            .secret = variable("AWS_SECRET_ACCESS_KEY"),
                            .token = variable("AWS_SESSION_TOKEN")};
  if (credentials.key.empty() || credentials.secret.empty()) {
    return fail("a bucket needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment");
  }
  return std::make_unique<S3Repository>(
      bucket, std::move(prefix), *url, std::move(region), std::move(credentials), tls);
}

}  // namespace paddock::backup
