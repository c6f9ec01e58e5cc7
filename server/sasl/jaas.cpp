// SPDX-License-Identifier: Apache-2.0
#include "sasl/jaas.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/lower.h"
#include "sasl/jaas_tokens.h"

namespace paddock::sasl {

namespace {

constexpr std::array<std::string_view, 4> kFlags = {
    "required", "requisite", "sufficient", "optional"};

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return lower(a) == lower(b);
}

class Parser {
 public:
  Parser(std::string name, std::string_view text) : tokens_(text) { file_.name = std::move(name); }

  Result<JaasFile> run() {
    PADDOCK_TRY(advance());
    while (token_.kind != JaasToken::Kind::End) PADDOCK_TRY(take_section());
    return std::move(file_);
  }

 private:
  [[nodiscard]] std::unexpected<Error> wrong(std::size_t line, const std::string& what) const {
    return fail(fmt::format("{}:{}: {}", file_.name, line, what));
  }

  Result<> advance() {
    auto next = tokens_.next();
    if (!next) return wrong(tokens_.line(), next.error().message);
    token_ = std::move(*next);
    return {};
  }

  /// A word or a quoted text; `what` completes "expected …".
  Result<std::string> take_text(std::string_view what) {
    if (token_.kind != JaasToken::Kind::Text) return unexpected(what);
    std::string text = std::move(token_.text);
    PADDOCK_TRY(advance());
    return text;
  }

  Result<> take(char sign, std::string_view where) {
    if (!token_.is(sign)) return unexpected(fmt::format("'{}' {}", sign, where));
    return advance();
  }

  /// What stands there instead is shown if it is a sign. No text is: where one is out of place, it
  /// may be the rest of a password.
  [[nodiscard]] std::unexpected<Error> unexpected(std::string_view what) const {
    using enum JaasToken::Kind;
    const std::string found = token_.kind == End    ? "the end of the file"
                              : token_.kind == Sign ? fmt::format("'{}'", token_.text)
                                                    : "another word";
    return wrong(token_.line, fmt::format("expected {}, found {}", what, found));
  }

  Result<> take_section() {
    JaasSection section{.line = token_.line};
    auto name = take_text("the name of a section");
    PADDOCK_TRY(name);
    section.name = std::move(*name);
    if (const JaasSection* other = file_.find(section.name)) {
      return wrong(
          section.line,
          fmt::format("the section {} is there already, in line {}", section.name, other->line));
    }
    PADDOCK_TRY(take('{', "behind the name of a section"));
    while (!token_.is('}')) {
      auto module = take_module();
      PADDOCK_TRY(module);
      section.modules.push_back(std::move(*module));
    }
    PADDOCK_TRY(advance());
    PADDOCK_TRY(take(';', "behind the '}' of a section"));
    file_.sections.push_back(std::move(section));
    return {};
  }

  Result<LoginModule> take_module() {
    LoginModule module{.line = token_.line};
    auto name = take_text("the class of a login module, or '}'");
    PADDOCK_TRY(name);
    module.class_name = std::move(*name);
    PADDOCK_TRY(take_flag());
    while (!token_.is(';')) PADDOCK_TRY(take_option(module));
    PADDOCK_TRY(advance());
    return module;
  }

  Result<> take_flag() {
    constexpr std::string_view kWhat = "required, requisite, sufficient or optional";
    const std::size_t line = token_.line;
    const auto flag = take_text(kWhat);
    PADDOCK_TRY(flag);
    const auto is_flag = [&](std::string_view known) {
      return equal_ignoring_case(*flag, known);
    };
    if (std::ranges::any_of(kFlags, is_flag)) return {};
    return wrong(line, fmt::format("expected {}, found another word", kWhat));
  }

  Result<> take_option(LoginModule& module) {
    auto name = take_text("an option, or ';' behind the last one");
    PADDOCK_TRY(name);
    PADDOCK_TRY(take('=', "behind the name of an option"));
    const std::size_t line = token_.line;
    auto value = take_text("the value of an option");
    PADDOCK_TRY(value);
    if (value->find("${") != std::string::npos) {
      return wrong(line,
                   "a value has '${', which stands for a property of Java that there is none of "
                   "here; write what it stands for");
    }
    module.options.push_back({std::move(*name), config::Secret(std::move(*value))});
    return {};
  }

  JaasTokens tokens_;
  JaasToken token_;
  JaasFile file_;
};

}  // namespace

const config::Secret* LoginModule::find(std::string_view name) const {
  const config::Secret* found = nullptr;
  for (const JaasOption& option : options) {
    if (option.name == name) found = &option.value;
  }
  return found;
}

const JaasSection* JaasFile::find(std::string_view section) const {
  const auto found = std::ranges::find(sections, section, &JaasSection::name);
  return found == sections.end() ? nullptr : &*found;
}

Result<JaasFile> parse_jaas(std::string name, std::string_view text) {
  return Parser(std::move(name), text).run();
}

}  // namespace paddock::sasl
