// SPDX-License-Identifier: Apache-2.0
#include "datatool/datatool.h"

#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "arguments/arguments.h"
#include "client_cli/output.h"
#include "datatool/commands.h"

namespace paddock::datatool {
namespace {

constexpr std::string_view kDescription =
    "Looks into data directories, and takes them from and to Apache ZooKeeper. A PATH is a segment "
    "of a log,\na snapshot, or a dataDir, which a server may use meanwhile; nothing there is "
    "changed.";

constexpr std::string_view kFooter =
    "Exit codes: 0 done, or all is well; 1 something is wrong or differs; 2 wrong usage.";

struct CommandLine {
  bool as_json = false;
  ShowOptions show;
  TargetOptions check;
  CompareOptions compare;
  SizesOptions sizes;
  ImportOptions import;
  ExportOptions export_;
};

using Run = std::function<Verdict(cli::Output&)>;

class Definition {
 public:
  Definition(arguments::App& app, CommandLine& line) : app_(app), line_(line) {}

  void define(Run& chosen) {
    define_looks(chosen);
    define_transfers(chosen);
  }

 private:
  arguments::App& add(std::string_view name, std::string_view summary, Run& chosen, Run run) {
    arguments::App& command = app_.command(name, summary);
    command.flag("--json", line_.as_json, "print JSON");
    command.when_parsed([&chosen, run = std::move(run)] { chosen = run; });
    return command;
  }

  static void add_target(arguments::App& command, TargetOptions& target) {
    command.option("PATH", target.path, "a segment, a snapshot or a dataDir").required();
    command.option("--log-dir", target.log_directory, "dataLogDir, if it is another directory");
  }

  void define_looks(Run& chosen) {
    arguments::App& shown = add("show", "what is in it", chosen, [this](cli::Output& out) {
      return datatool::show(line_.show, out);
    });
    add_target(shown, line_.show.target);
    shown.flag("--records", line_.show.with_records, "each transaction of a directory's log");
    shown.flag("--nodes", line_.show.with_nodes, "each node of the tree");

    arguments::App& checked = add("check", "whether it is whole", chosen, [this](cli::Output& out) {
      return datatool::check(line_.check, out);
    });
    add_target(checked, line_.check);

    arguments::App& compared =
        add("compare", "in what two states differ", chosen, [this](cli::Output& out) {
          return datatool::compare(line_.compare, out);
        });
    compared.option("FIRST", line_.compare.first.path, "a snapshot or a dataDir").required();
    compared.option("SECOND", line_.compare.second.path, "a snapshot or a dataDir").required();
    compared.option("--limit", line_.compare.limit, "how many differences are listed")
        .within(0, 1'000'000'000)
        .show_default();

    arguments::App& sized =
        add("sizes", "how much there is below each path", chosen, [this](cli::Output& out) {
          return datatool::sizes(line_.sizes, out);
        });
    add_target(sized, line_.sizes.target);
    sized.option("--depth", line_.sizes.depth, "components of the paths that are listed")
        .within(1, 1'000'000)
        .show_default();
    sized.option("--top", line_.sizes.top, "how many are listed")
        .within(1, 1'000'000'000)
        .show_default();
  }

  void define_transfers(Run& chosen) {
    arguments::App& imported =
        add("import",
            "make a dataDir of an Apache ZooKeeper server's",
            chosen,
            [this](cli::Output& out) { return datatool::import(line_.import, out); });
    imported.option("APACHE", line_.import.apache, "that server's dataDir").required();
    imported.option("DATA", line_.import.data, "an empty directory: the new dataDir").required();
    imported.option("--apache-log-dir", line_.import.apache_log, "that server's dataLogDir");
    imported.option("--log-dir", line_.import.log, "an empty directory: the new dataLogDir");
    imported.option("--myid", line_.import.server, "of a member of an ensemble").within(0, 255);
    imported.flag("--ignore-digest",
                  line_.import.ignores_digest,
                  "go on although the tree is not what the server had");

    arguments::App& exported =
        add("export", "make a dataDir for Apache ZooKeeper", chosen, [this](cli::Output& out) {
          return export_to_apache(line_.export_, out);
        });
    add_target(exported, line_.export_.target);
    exported.option("APACHE", line_.export_.apache, "an empty directory: that server's dataDir")
        .required();
  }

  arguments::App& app_;
  CommandLine& line_;
};

}  // namespace

int data_main(int argc, const char* const* argv) {
  CommandLine line;
  Run run;
  arguments::App app(kDescription, "paddock data");
  app.footer(kFooter);
  app.one_command(true);
  Definition(app, line).define(run);
  const auto parsed = app.parse(std::vector<std::string>(argv + 1, argv + argc));
  if (!parsed) return arguments::report(parsed.error());
  cli::Output out(std::cout, std::cerr, line.as_json ? cli::Format::Json : cli::Format::Text);
  const Verdict verdict = run(out);
  if (verdict) return *verdict ? 0 : 1;
  out.failure({.exit_code = cli::ExitCode::Refused, .message = verdict.error().message});
  return 1;
}

}  // namespace paddock::datatool
