// SPDX-License-Identifier: Apache-2.0
//
// The arguments of a program or of one of its commands: what may be given, and where it goes. Only
// arguments.cpp knows CLI11, which takes longer to compile than all that uses it. Options and
// commands belong to their App. One thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace paddock::arguments {

/// Why parsing ended without the arguments.
struct Stopped {
  /// Whether `text` says what is wrong; else it is what was asked for, the help or the version.
  bool is_wrong = false;
  std::string text;
  /// Arguments that nothing takes, if that is what is wrong.
  std::vector<std::string> unexpected{};
};

template <class T, class... Ts>
concept OneOf = (std::same_as<T, Ts> || ...);

/// What an option can be stored in. Numbers may be decimal, hexadecimal or octal.
template <class T>
concept Value = OneOf<T,
                      std::string,
                      std::int32_t,
                      std::int64_t,
                      std::uint32_t,
                      std::uint64_t,
                      double,
                      std::optional<std::string>,
                      std::optional<std::int32_t>,
                      std::optional<std::int64_t>,
                      std::optional<std::uint64_t>>;

class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}

  Option& required();
  /// Where the value comes from if it is not given.
  Option& or_environment(const std::string& variable);
  /// Help shows the present value.
  Option& show_default();
  /// The option may stand alone and then means `value`.
  Option& alone_means(const std::string& value);
  /// Both ends belong to it.
  Option& within(std::int64_t min, std::int64_t max);
  Option& within_real(double min, double max);
  /// `what_is_wrong` says it, or nothing.
  Option& check(std::function<std::string(const std::string&)> what_is_wrong);

 private:
  CLI::Option* option_;
};

class App {
 public:
  App(std::string_view description, std::string_view name);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// A name without dashes makes it positional. `into` must outlive parse().
  template <Value T>
  Option option(const std::string& names, T& into, const std::string& help);
  /// May be given several times.
  Option list(const std::string& name, std::vector<std::string>& into, const std::string& help);
  /// `take` gets the text, once it is checked.
  Option option(const std::string& name,
                std::function<void(const std::string&)> take,
                const std::string& help);
  Option flag(const std::string& names, bool& into, const std::string& help);
  void version_flag(const std::string& name, const std::string& version);
  /// What ends the help.
  void footer(std::string_view text);

  App& command(std::string_view name, std::string_view summary);
  [[nodiscard]] bool has_command(std::string_view name) const;
  /// Of those that command() made, one can be given, or must be.
  void one_command(bool is_required);
  /// Arguments that this command does not take may belong to the App that it was made by.
  void share_with_parent();
  /// `then` runs within parse() as soon as this command's own arguments are stored.
  void when_stored(std::function<void()> then);
  /// `then` runs at the end of parse(), if this command was given and nothing is wrong.
  void when_parsed(std::function<void()> then);

  /// Stores what `arguments`, without the program's name, give.
  [[nodiscard]] std::expected<void, Stopped> parse(const std::vector<std::string>& arguments);

 private:
  explicit App(CLI::App& command);

  std::unique_ptr<CLI::App> own_;
  CLI::App* app_;
  std::vector<std::unique_ptr<App>> commands_;
};

/// What most programs do then: prints the text, with a hint if something is wrong. Returns the exit
/// code, 0 or 2.
[[nodiscard]] int report(const Stopped& stopped);

}  // namespace paddock::arguments
