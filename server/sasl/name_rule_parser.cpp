// SPDX-License-Identifier: Apache-2.0
#include "sasl/name_rule_parser.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <boost/regex.hpp>
#include <fmt/format.h>

#include "sasl/replacement.h"

namespace paddock::sasl {

namespace {

/// As Java matches: a dot is no line's end, and '^' and '$' are the text's.
const auto kFlags = boost::match_default | boost::match_not_dot_newline | boost::match_single_line;
/// More than a name ever has.
constexpr unsigned kPartsMax = 9;

/// Patterns are the operator's; one that would take for ever on some name throws.
Result<boost::regex> pattern_of(std::string_view text) {
  try {
    return boost::regex(text.begin(), text.end());
  } catch (const std::runtime_error& error) {
    return fail(fmt::format("'{}' is no pattern: {}", text, error.what()));
  }
}

/// `[n:format]`: which names a rule is about, and the text that it goes on with.
struct Selection {
  struct Piece {
    std::string text{};
    std::size_t part = 0;  // if there is no text; 0 is the realm
  };
  std::size_t parts = 0;
  std::vector<Piece> pieces;

  [[nodiscard]] std::optional<std::string> base_of(const auth::KerberosName& name) const {
    if (parts != (name.host ? 2U : 1U)) return std::nullopt;
    std::string base;
    for (const Piece& piece : pieces) {
      if (!piece.text.empty())
        base.append(piece.text);
      else if (piece.part == 0)
        base.append(name.realm.value_or(""));
      else
        base.append(piece.part == 1 ? name.service : *name.host);
    }
    return base;
  }
};

Result<Selection> selection_of(std::string_view count, std::string_view format) {
  Selection selection;
  unsigned parts = 0;
  const auto parsed = std::from_chars(count.data(), count.data() + count.size(), parts);
  if (parsed.ec != std::errc{} || parsed.ptr != count.data() + count.size() || parts > kPartsMax) {
    return fail(fmt::format("'{}' is no number of parts; names have 1 or 2", count));
  }
  selection.parts = parts;
  while (!format.empty()) {
    const std::string_view text = format.substr(0, format.find('$'));
    if (!text.empty()) selection.pieces.push_back({.text = std::string(text)});
    format.remove_prefix(text.size());
    if (format.empty()) break;
    format.remove_prefix(1);
    std::size_t part = 0;
    const auto number = std::from_chars(format.data(), format.data() + format.size(), part);
    if (number.ec != std::errc{} || part > selection.parts) {
      return fail(fmt::format("behind '$' there must be 0, the realm, or a part up to {}", parts));
    }
    format.remove_prefix(static_cast<std::size_t>(number.ptr - format.data()));
    selection.pieces.push_back({.part = part});
  }
  return selection;
}

NameRule::Outcome simple(std::string name) {
  if (name.find_first_of("/@") != std::string::npos) return {NameRule::Verdict::Unusable};
  return {NameRule::Verdict::Named, std::move(name)};
}

class DefaultRule final : public NameRule {
 public:
  [[nodiscard]] Outcome apply(const auth::KerberosName& name,
                              std::string_view default_realm) const override {
    if (name.realm != default_realm) return {};
    return simple(std::string(name.service));
  }
};

class RewritingRule final : public NameRule {
 public:
  struct Parts {
    Selection selection;
    std::optional<boost::regex> match;
    std::optional<boost::regex> from;
    Replacement to;
    bool everywhere = false;
    bool lower_case = false;
  };
  explicit RewritingRule(Parts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] Outcome apply(const auth::KerberosName& name,
                              std::string_view /*default_realm*/) const override {
    const auto base = parts_.selection.base_of(name);
    if (!base) return {};
    try {
      if (parts_.match && !boost::regex_match(*base, *parts_.match, kFlags)) return {};
      std::string result = parts_.from ? substituted(*base) : *base;
      if (parts_.lower_case) std::ranges::transform(result, result.begin(), lower);
      return simple(std::move(result));
    } catch (const std::runtime_error&) {
      return {Verdict::Unusable};
    }
  }

 private:
  static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

  /// Matcher.replaceFirst or replaceAll: behind an empty match the search goes on one further.
  [[nodiscard]] std::string substituted(const std::string& base) const {
    const char* const end = base.data() + base.size();
    const char* copied = base.data();
    const char* at = copied;
    std::string result;
    boost::match_results<const char*> match;
    while (at <= end) {
      const auto flags = at == base.data() ? kFlags : kFlags | boost::match_prev_avail;
      if (!boost::regex_search(at, end, match, *parts_.from, flags)) break;
      result.append(copied, match[0].first);
      parts_.to.append_to(result, match);
      copied = match[0].second;
      at = match[0].length() == 0 ? copied + 1 : copied;
      if (!parts_.everywhere) break;
    }
    return result.append(copied, end);
  }

  Parts parts_;
};

}  // namespace

void NameRuleParser::skip_blanks() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n\f\v"), rest_.size()));
}

bool NameRuleParser::skip(std::string_view text) {
  if (!rest_.starts_with(text)) return false;
  rest_.remove_prefix(text.size());
  return true;
}

Result<std::string_view> NameRuleParser::take_until(char end) {
  const std::size_t size = rest_.find(end);
  if (size == std::string_view::npos) return fail(fmt::format("there is no '{}'", end));
  const std::string_view text = rest_.substr(0, size);
  rest_.remove_prefix(size + 1);
  return text;
}

Result<std::unique_ptr<const NameRule>> NameRuleParser::take_rule() {
  const std::string_view written = rest_;
  Result<std::unique_ptr<const NameRule>> rule = fail("it must begin with DEFAULT or RULE:[");
  if (skip("DEFAULT")) {
    rule = std::make_unique<DefaultRule>();
  } else if (skip("RULE:[")) {
    rule = take_rewriting_rule();
  }
  skip_blanks();
  if (!rule) {
    return std::unexpected(
        std::move(rule).error().within(fmt::format("the rule '{}' is none", written)));
  }
  return rule;
}

Result<std::unique_ptr<const NameRule>> NameRuleParser::take_rewriting_rule() {
  RewritingRule::Parts parts;
  const auto count = take_until(':');
  PADDOCK_TRY(count);
  const auto format = take_until(']');
  PADDOCK_TRY(format);
  auto selection = selection_of(*count, *format);
  PADDOCK_TRY(selection);
  parts.selection = std::move(*selection);
  if (skip("(")) {
    const auto text = take_until(')');
    PADDOCK_TRY(text);
    auto match = pattern_of(*text);
    PADDOCK_TRY(match);
    parts.match = std::move(*match);
  }
  if (skip("s/")) {
    const auto text = take_until('/');
    PADDOCK_TRY(text);
    auto from = pattern_of(*text);
    PADDOCK_TRY(from);
    const auto replacement = take_until('/');
    PADDOCK_TRY(replacement);
    auto to = Replacement::parse(*replacement, from->mark_count());
    PADDOCK_TRY(to);
    parts.from = std::move(*from);
    parts.to = std::move(*to);
    parts.everywhere = skip("g");
  }
  // Hadoop's addition.
  parts.lower_case = skip("/L");
  return std::make_unique<RewritingRule>(std::move(parts));
}

}  // namespace paddock::sasl
