// SPDX-License-Identifier: Apache-2.0
#include "arguments/arguments.h"

#include <iostream>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace paddock::arguments {

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::or_environment(const std::string& variable) {
  option_->envname(variable);
  return *this;
}

Option& Option::show_default() {
  option_->capture_default_str();
  return *this;
}

Option& Option::alone_means(const std::string& value) {
  option_->expected(0, 1)->default_str(value);
  return *this;
}

Option& Option::within(std::int64_t min, std::int64_t max) {
  option_->check(CLI::Range(min, max));
  return *this;
}

Option& Option::within_real(double min, double max) {
  option_->check(CLI::Range(min, max));
  return *this;
}

Option& Option::check(std::function<std::string(const std::string&)> what_is_wrong) {
  option_->check(std::move(what_is_wrong));
  return *this;
}

App::App(std::string_view description, std::string_view name)
    : own_(std::make_unique<CLI::App>(std::string(description), std::string(name))),
      app_(own_.get()) {}

App::App(CLI::App& command) : app_(&command) {}
App::~App() = default;

template <Value T>
Option App::option(const std::string& names, T& into, const std::string& help) {
  return Option(*app_->add_option(names, into, help));
}

template Option App::option(const std::string&, std::string&, const std::string&);
template Option App::option(const std::string&, std::int32_t&, const std::string&);
template Option App::option(const std::string&, std::int64_t&, const std::string&);
template Option App::option(const std::string&, std::uint32_t&, const std::string&);
template Option App::option(const std::string&, std::uint64_t&, const std::string&);
template Option App::option(const std::string&, double&, const std::string&);
template Option App::option(const std::string&, std::optional<std::string>&, const std::string&);
template Option App::option(const std::string&, std::optional<std::int32_t>&, const std::string&);
template Option App::option(const std::string&, std::optional<std::int64_t>&, const std::string&);
template Option App::option(const std::string&, std::optional<std::uint64_t>&, const std::string&);

Option App::list(const std::string& name, std::vector<std::string>& into, const std::string& help) {
  return Option(*app_->add_option(name, into, help)->allow_extra_args(false));
}

Option App::option(const std::string& name,
                   std::function<void(const std::string&)> take,
                   const std::string& help) {
  return Option(*app_->add_option_function<std::string>(name, take, help));
}

Option App::flag(const std::string& names, bool& into, const std::string& help) {
  return Option(*app_->add_flag(names, into, help));
}

void App::version_flag(const std::string& name, const std::string& version) {
  app_->set_version_flag(name, version);
}

void App::footer(std::string_view text) {
  app_->footer(std::string(text));
}

App& App::command(std::string_view name, std::string_view summary) {
  CLI::App* added = app_->add_subcommand(std::string(name), std::string(summary));
  commands_.push_back(std::unique_ptr<App>(new App(*added)));
  return *commands_.back();
}

bool App::has_command(std::string_view name) const {
  const auto is_named = [name](const CLI::App* command) {
    return command->get_name() == name;
  };
  return !std::as_const(*app_).get_subcommands(is_named).empty();
}

void App::one_command(bool is_required) {
  app_->require_subcommand(is_required ? 1 : 0, 1);
}

void App::share_with_parent() {
  app_->fallthrough();
}

void App::when_stored(std::function<void()> then) {
  app_->parse_complete_callback(std::move(then));
}

void App::when_parsed(std::function<void()> then) {
  app_->final_callback(std::move(then));
}

std::expected<void, Stopped> App::parse(const std::vector<std::string>& arguments) {
  const auto asked = [](std::string text) {
    return std::unexpected(Stopped{.is_wrong = false, .text = std::move(text)});
  };
  try {
    // CLI11 takes them last first.
    app_->parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    return asked(app_->help());
  } catch (const CLI::CallForVersion& version) {
    return asked(std::string(version.what()) + '\n');
  } catch (const CLI::ParseError& error) {
    Stopped stopped{.is_wrong = true, .text = error.what()};
    const bool has_extras = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
    if (has_extras) stopped.unexpected = app_->remaining(true);
    return std::unexpected(std::move(stopped));
  }
  return {};
}

int report(const Stopped& stopped) {
  if (!stopped.is_wrong) {
    std::cout << stopped.text;
    return 0;
  }
  std::cerr << stopped.text << "\nRun with --help for more information.\n";
  return 2;
}

}  // namespace paddock::arguments
