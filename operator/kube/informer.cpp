// SPDX-License-Identifier: Apache-2.0
#include "kube/informer.h"

namespace paddock::kube {

namespace {

std::expected<ListPage, ApiError> page_of(Reply reply) {
  if (!reply) return std::unexpected(std::move(reply.error()));
  auto page = parse_list(std::move(reply->body));
  if (!page) return std::unexpected(failed(Failure::Garbled, page.error().message));
  return *std::move(page);
}

}  // namespace

Informer::Informer(Api& api, Loop& loop, InformerOptions options, InformerHandlers handlers)
    : api_(api),
      loop_(loop),
      options_(std::move(options)),
      handlers_(std::move(handlers)),
      reflector_(options_.reflector, options_.seed),
      timer_(loop.make_timer([this] { on_time(); })) {}

void Informer::start() {
  Reflector::Effects effects;
  reflector_.start(effects);
  carry_out(std::move(effects));
}

void Informer::carry_out(Reflector::Effects effects) {
  if (effects.ends_watch) pending_.reset();
  if (effects.list) send_list(*effects.list);
  if (effects.watch) send_watch(*effects.watch);
  timer_->set(reflector_.wake_at());
  for (const Change& change : effects.changes) handlers_.on_change(change);
  if (effects.has_listed) handlers_.on_listed();
  if (effects.trouble) handlers_.on_trouble(*effects.trouble);
}

void Informer::send_list(const Reflector::ListCall& call) {
  pending_ = api_.call(list(options_.resource, options_.selection, call.limit, call.continue_token),
                       [this](Reply reply) { on_list(std::move(reply)); });
}

void Informer::send_watch(const Reflector::WatchCall& call) {
  Request request =
      watch(options_.resource, options_.selection, call.resource_version, call.time_limit);
  pending_ = api_.watch(std::move(request),
                        {.on_open = [this] { reflector_.on_watch_open(now()); },
                         .on_line = [this](View line) { on_line(line); },
                         .on_end =
                             [this](const auto& error) {
                               on_watch_end(error);
                             }});
}

void Informer::on_list(Reply reply) {
  Reflector::Effects effects;
  reflector_.on_list(page_of(std::move(reply)), now(), effects);
  carry_out(std::move(effects));
}

void Informer::on_line(View line) {
  Reflector::Effects effects;
  reflector_.on_event(parse_watch_event(line), now(), effects);
  carry_out(std::move(effects));
}

void Informer::on_watch_end(const std::optional<ApiError>& error) {
  Reflector::Effects effects;
  reflector_.on_watch_end(error, now(), effects);
  carry_out(std::move(effects));
}

void Informer::on_time() {
  Reflector::Effects effects;
  reflector_.on_time(now(), effects);
  carry_out(std::move(effects));
}

}  // namespace paddock::kube
