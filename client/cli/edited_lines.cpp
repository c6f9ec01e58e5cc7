// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cerrno>
#include <clocale>
#include <cwchar>
#include <iostream>

#include <histedit.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client_cli/interruption.h"
#include "client_cli/line_source.h"

namespace paddock::cli {

namespace {

constexpr int kHistoryLines = 1000;

class EditedLines final : public LineSource {
 public:
  EditedLines(LineCallbacks callbacks, std::string history_file);
  ~EditedLines() override;
  EditedLines(const EditedLines&) = delete;
  EditedLines& operator=(const EditedLines&) = delete;

  std::optional<std::string> read_line() override;
  void remember(const std::string& line) override;

 private:
  static EditedLines& self(EditLine* editor);
  static char* prompt_of(EditLine* editor);
  static int read_character(EditLine* editor, wchar_t* character);
  static unsigned char on_tab(EditLine* editor, int key);

  void take_keys();
  bool wait_for_key(EditLine* editor);
  void list(const std::vector<std::string>& candidates);
  void save_history();

  LineCallbacks callbacks_;
  std::string history_file_;
  std::string prompt_;
  History* history_;
  HistEvent event_{};
  EditLine* editor_;
};

EditedLines::EditedLines(LineCallbacks callbacks, std::string history_file)
    : callbacks_(std::move(callbacks)),
      history_file_(std::move(history_file)),
      history_(history_init()),
      editor_(el_init("paddock", stdin, stdout, stderr)) {
  std::setlocale(LC_CTYPE, "");
  catch_interrupts();

  history(history_, &event_, H_SETSIZE, kHistoryLines);
  history(history_, &event_, H_SETUNIQUE, 1);
  if (!history_file_.empty()) history(history_, &event_, H_LOAD, history_file_.c_str());

  el_set(editor_, EL_CLIENTDATA, this);
  el_set(editor_, EL_EDITOR, "emacs");
  el_set(editor_, EL_PROMPT, &prompt_of);
  el_set(editor_, EL_HIST, &history, history_);
  el_set(editor_, EL_GETCFN, &read_character);
  el_set(editor_, EL_ADDFN, "paddock-complete", "complete a command or a path", &on_tab);
  el_set(editor_, EL_BIND, "^I", "paddock-complete", nullptr);
  el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_source(editor_, nullptr);
}

EditedLines::~EditedLines() {
  save_history();
  el_end(editor_);
  history_end(history_);
}

void EditedLines::save_history() {
  if (history_file_.empty()) return;
  const mode_t before = ::umask(S_IRWXG | S_IRWXO);
  history(history_, &event_, H_SAVE, history_file_.c_str());
  ::umask(before);
}

std::optional<std::string> EditedLines::read_line() {
  prompt_ = callbacks_.prompt();
  take_keys();
  int length = 0;
  const char* line = el_gets(editor_, &length);
  // A Control-C behind Enter is meant for the command, not for its line.
  const bool is_entered = line != nullptr && length > 0 && line[length - 1] == '\n';
  if (is_interrupted() && !is_entered) {
    forget_interrupt();
    el_reset(editor_);
    std::cout << '\n' << std::flush;
    return std::string{};
  }
  if (line == nullptr || length <= 0) {
    std::cout << '\n' << std::flush;
    return std::nullopt;
  }
  std::string text(line, static_cast<std::size_t>(length));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

void EditedLines::remember(const std::string& line) {
  history(history_, &event_, H_ENTER, line.c_str());
  // At once, because a closed terminal ends the program without a word.
  save_history();
}

EditedLines& EditedLines::self(EditLine* editor) {
  void* data = nullptr;
  el_get(editor, EL_CLIENTDATA, &data);
  return *static_cast<EditedLines*>(data);
}

char* EditedLines::prompt_of(EditLine* editor) {
  return self(editor).prompt_.data();
}

/// The editor itself does so after its prompt: a Control-D that answers the prompt at once would go
/// to the terminal's line discipline, which makes a null character of it; the shell would not end.
void EditedLines::take_keys() {
  int is_editing = 0;
  el_get(editor_, EL_EDITMODE, &is_editing);
  if (is_editing != 0) el_set(editor_, EL_PREP_TERM, 1);
}

bool EditedLines::wait_for_key(EditLine* editor) {
  while (!is_interrupted()) {
    std::array<pollfd, 2> fds{{{STDIN_FILENO, POLLIN, 0}, {callbacks_.event_fd, POLLIN, 0}}};
    const int ready = ::poll(fds.data(), fds.size(), -1);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return false;
    if (fds[1].revents != 0) {
      callbacks_.print_events();
      prompt_ = callbacks_.prompt();
      el_set(editor, EL_REFRESH);
    }
    if (fds[0].revents != 0) return true;
  }
  return false;
}

int EditedLines::read_character(EditLine* editor, wchar_t* character) {
  std::mbstate_t state{};
  while (self(editor).wait_for_key(editor)) {
    char byte = 0;
    if (::read(STDIN_FILENO, &byte, 1) != 1) return 0;
    const std::size_t used = std::mbrtowc(character, &byte, 1, &state);
    constexpr auto kIncomplete = static_cast<std::size_t>(-2);
    constexpr auto kInvalid = static_cast<std::size_t>(-1);
    if (used == kInvalid) {
      state = {};
      continue;
    }
    if (used != kIncomplete) return 1;
  }
  return -1;
}

unsigned char EditedLines::on_tab(EditLine* editor, int /*key*/) {
  EditedLines& lines = self(editor);
  const LineInfo* info = el_line(editor);
  const View before(info->buffer, static_cast<std::size_t>(info->cursor - info->buffer));
  const Completion completion = lines.callbacks_.complete(before);
  if (!completion.insert.empty()) {
    return el_insertstr(editor, completion.insert.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
  }
  if (completion.candidates.empty()) return CC_ERROR;
  lines.list(completion.candidates);
  return CC_REDISPLAY;
}

void EditedLines::list(const std::vector<std::string>& candidates) {
  constexpr std::size_t kListedMax = 100;
  std::cout << '\n';
  for (std::size_t i = 0; i < candidates.size() && i < kListedMax; ++i) {
    std::cout << candidates[i] << "  ";
  }
  if (candidates.size() > kListedMax)
    std::cout << "… " << candidates.size() - kListedMax << " more";
  std::cout << '\n' << std::flush;
}

}  // namespace

std::unique_ptr<LineSource> edited_lines(LineCallbacks callbacks, std::string history_file) {
  return std::make_unique<EditedLines>(std::move(callbacks), std::move(history_file));
}

}  // namespace paddock::cli
