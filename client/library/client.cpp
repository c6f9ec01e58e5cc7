// SPDX-License-Identifier: Apache-2.0
#include "client/client.h"

#include "client/client_impl.h"

namespace paddock::client {

namespace {

/// Stands for "watch" while a request is encoded; the real name is given on the loop's thread.
constexpr WatcherId kSomeWatcher{1};

WatcherId wanted(const Watcher& watcher) {
  return watcher == nullptr ? WatcherId{} : kSomeWatcher;
}

Answer<Done> nothing(View /*body*/) {
  return Done{};
}

}  // namespace

Result<std::unique_ptr<Client>> Client::open(Runtime& runtime, ClientOptions options) {
  auto servers = parse_connect_string(options.servers);
  if (!servers) return std::unexpected(std::move(servers).error());
  SessionOptions session{.hosts = std::move(servers->hosts),
                         .chroot = Chroot(std::move(servers->chroot)),
                         .timeout = options.timeout,
                         .resume = std::move(options.resume),
                         .can_be_read_only = options.can_be_read_only,
                         .connect_timeout = options.connect_timeout,
                         .login = std::move(options.login)};
  auto impl = std::make_shared<Impl>(
      runtime, std::move(session), std::move(options.tls), std::move(options.on_state));
  impl->start();
  return std::unique_ptr<Client>(new Client(std::move(impl)));
}

Client::Client(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Client::~Client() {
  impl_->shut_down();
}

template <class T, class Decode>
void Client::call(EncodedRequest request, Watcher watcher, Handler<T> handler, Decode decode) {
  auto reply_handler = [handler = std::move(handler), decode](const Reply& reply) mutable {
    if (reply.error != ErrorCode::Ok) return handler(std::unexpected(reply.error));
    handler(decode(reply.body));
  };
  if (!request) return impl_->refuse(request.error(), std::move(reply_handler));
  impl_->submit(std::move(*request), std::move(watcher), std::move(reply_handler));
}

void Client::create(View path, const CreateOptions& options, Handler<Created> handler) {
  const Chroot& chroot = impl_->chroot();
  call(create_request(chroot, path, options), nullptr, std::move(handler), [&chroot](View body) {
    return decode_created(chroot, body);
  });
}

void Client::remove(View path, std::int32_t version, Handler<Done> handler) {
  call(delete_request(impl_->chroot(), path, version), nullptr, std::move(handler), nothing);
}

void Client::exists(View path, Watcher watcher, Handler<Stat> handler) {
  auto request = exists_request(impl_->chroot(), path, wanted(watcher));
  call(std::move(request), std::move(watcher), std::move(handler), decode_stat);
}

void Client::get(View path, Watcher watcher, Handler<NodeData> handler) {
  auto request = get_request(impl_->chroot(), path, wanted(watcher));
  call(std::move(request), std::move(watcher), std::move(handler), decode_data);
}

void Client::set(View path, View data, std::int32_t version, Handler<Stat> handler) {
  call(set_request(impl_->chroot(), path, data, version), nullptr, std::move(handler), decode_stat);
}

void Client::children(View path, Watcher watcher, Handler<Children> handler) {
  auto request = children_request(impl_->chroot(), path, wanted(watcher));
  call(std::move(request), std::move(watcher), std::move(handler), decode_children);
}

void Client::get_acl(View path, Handler<AclOfNode> handler) {
  call(get_acl_request(impl_->chroot(), path), nullptr, std::move(handler), decode_acl);
}

void Client::set_acl(View path,
                     std::span<const Acl> acl,
                     std::int32_t version,
                     Handler<Stat> handler) {
  auto request = set_acl_request(impl_->chroot(), path, acl, version);
  call(std::move(request), nullptr, std::move(handler), decode_stat);
}

void Client::sync(View path, Handler<Done> handler) {
  call(sync_request(impl_->chroot(), path), nullptr, std::move(handler), nothing);
}

Transaction Client::transaction() const {
  return Transaction(impl_->chroot());
}

void Client::commit(Transaction transaction, Handler<std::vector<OpResult>> handler) {
  const Chroot& chroot = impl_->chroot();
  call(std::move(transaction).finish(), nullptr, std::move(handler), [&chroot](View body) {
    return decode_multi(chroot, body);
  });
}

ReadBatch Client::read_batch() const {
  return ReadBatch(impl_->chroot());
}

void Client::read(ReadBatch batch, Handler<std::vector<OpResult>> handler) {
  const Chroot& chroot = impl_->chroot();
  call(std::move(batch).finish(), nullptr, std::move(handler), [&chroot](View body) {
    return decode_multi(chroot, body);
  });
}

void Client::add_watch(View path, AddWatchMode mode, Watcher watcher, Handler<Done> handler) {
  auto request = add_watch_request(impl_->chroot(), path, mode, wanted(watcher));
  call(std::move(request), std::move(watcher), std::move(handler), nothing);
}

void Client::remove_watch(View path,
                          WatcherType type,
                          const Watcher& watcher,
                          Handler<Done> handler) {
  auto request = remove_watch_request(impl_->chroot(), path, type, wanted(watcher));
  call(std::move(request), watcher, std::move(handler), nothing);
}

void Client::ephemerals(View prefix, Handler<std::vector<std::string>> handler) {
  const Chroot& chroot = impl_->chroot();
  call(ephemerals_request(chroot, prefix), nullptr, std::move(handler), [&chroot](View body) {
    return decode_paths(chroot, body);
  });
}

void Client::descendant_count(View path, Handler<std::int32_t> handler) {
  call(descendant_count_request(impl_->chroot(), path), nullptr, std::move(handler), decode_count);
}

void Client::who_am_i(Handler<std::vector<Identity>> handler) {
  call(EncodedRequest(who_am_i_request()), nullptr, std::move(handler), decode_identities);
}

void Client::config(Watcher watcher, Handler<NodeData> handler) {
  auto request = config_request(wanted(watcher));
  call(std::move(request), std::move(watcher), std::move(handler), decode_data);
}

void Client::reconfig(const ReconfigOptions& options, Handler<NodeData> handler) {
  call(EncodedRequest(reconfig_request(options)), nullptr, std::move(handler), decode_data);
}

void Client::add_auth(std::string scheme, std::string auth, Handler<Done> handler) {
  auto reply_handler = [handler = std::move(handler)](const Reply& reply) mutable {
    if (reply.error != ErrorCode::Ok) return handler(std::unexpected(reply.error));
    handler(Done{});
  };
  impl_->add_auth(std::move(scheme), std::move(auth), std::move(reply_handler));
}

void Client::close(Handler<Done> handler) {
  impl_->close(std::move(handler));
}

SessionInfo Client::info() const {
  return impl_->info();
}

}  // namespace paddock::client
