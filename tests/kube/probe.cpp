// SPDX-License-Identifier: Apache-2.0
//
// paddock-kube-probe: the Kubernetes client by hand, on any cluster that a kubeconfig names. See
// kUsage. Prints JSON or one line for each thing; status 1 if the server says no.
#include <array>
#include <iostream>
#include <iterator>
#include <span>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/json/serialize.hpp>
#include <unistd.h>

#include "kube/discovery.h"
#include "kube/elector.h"
#include "kube/event_sink.h"
#include "kube/informer.h"
#include "kube/requests.h"
#include "kube_client/access.h"
#include "kube_client/client.h"
#include "kube_client/clock_loop.h"

namespace paddock::kube {
namespace {

constexpr std::string_view kUsage =
    R"(usage: paddock-kube-probe [--context NAME] COMMAND ARGUMENT...
The cluster: $KUBECONFIG, or the pod's own, or ~/.kube/config. KIND is apiVersion/plural, as
v1/pods or apps/v1/statefulsets. An empty NAMESPACE is all of them.
  get PATH                              any document
  list KIND NAMESPACE                   names, by pages of two
  watch KIND NAMESPACE COUNT            so many changes, the first list included
  create | apply | status               the JSON object on standard input; status: its status only
  patch KIND NAMESPACE NAME             the JSON merge patch on standard input
  delete KIND NAMESPACE NAME [UID]      only if it has this uid
  scale KIND NAMESPACE NAME REPLICAS
  evict VERSION NAMESPACE NAME          VERSION of the group policy: v1 or v1beta1
  hold NAMESPACE NAME IDENTITY          a Lease, until standard input ends; then gives it up
  event NAMESPACE NAME UID TIMES        about a ConfigMap
)";

using Arguments = std::vector<std::string>;

class Probe {
 public:
  explicit Probe(ClusterAccess access)
      : ns_(access.ns),
        client_(io_,
                std::move(access),
                {.user_agent = "paddock-kube-probe",
                 .on_warning =
                     [](const std::string& text) {
                       std::cerr << text << "\n";
                     }}),
        loop_(io_) {}

  int run(const std::string& command, const Arguments& arguments) {
    const std::size_t count = arguments.size();
    if (command == "get" && count == 1) return show(call(get(arguments[0])));
    if (command == "list" && count == 2) return list_all(arguments);
    if (command == "watch" && count == 3) return follow(arguments);
    if (command == "create" && count == 0) return write_object(command);
    if (command == "apply" && count == 0) return write_object(command);
    if (command == "status" && count == 0) return write_object(command);
    if (command == "patch" && count == 3) return patch(arguments);
    if (command == "delete" && (count == 3 || count == 4)) return remove_one(arguments);
    if (command == "scale" && count == 4) return scale(arguments);
    if (command == "evict" && count == 3) return evict_one(arguments);
    if (command == "hold" && count == 3) return hold(arguments);
    if (command == "event" && count == 4) return tell(arguments);
    std::cerr << kUsage;
    return 2;
  }

 private:
  Reply call(Request request) {
    std::optional<Reply> reply;
    const auto pending =
        client_.call(std::move(request), [&](Reply got) { reply = std::move(got); });
    io_.restart();
    while (!reply) io_.run_one();
    return *std::move(reply);
  }

  static int show(const Reply& reply) {
    if (!reply) {
      std::cerr << name_of(reply.error().failure) << ": " << reply.error().text() << "\n";
      return 1;
    }
    std::cout << reply->code << " " << json::serialize(reply->body) << "\n";
    return 0;
  }

  /// "apps/v1/statefulsets".
  static Resource resource_of(const std::string& text) {
    const std::size_t slash = text.rfind('/');
    const std::string version = text.substr(0, slash);
    const std::size_t group_end = version.find('/');
    const bool is_core = group_end == std::string::npos;
    return {.group = is_core ? "" : version.substr(0, group_end),
            .version = is_core ? version : version.substr(group_end + 1),
            .plural = text.substr(slash + 1)};
  }

  int list_all(const Arguments& arguments) {
    std::string token;
    do {
      Reply reply = call(list(resource_of(arguments[0]), {.ns = arguments[1]}, 2, token));
      if (!reply) return show(reply);
      const auto page = parse_list(std::move(reply->body));
      if (!page) return show(std::unexpected(failed(Failure::Garbled, page.error().message)));
      for (const json::value& item : page->items) std::cout << to_text(key_of(item)) << "\n";
      token = page->continue_token;
    } while (!token.empty());
    return 0;
  }

  int follow(const Arguments& arguments) {
    std::size_t left = std::stoul(arguments[2]);
    const auto note = [&](const Change& change) {
      constexpr std::array kNames = {"added", "modified", "deleted"};
      if (left > 0) --left;
      std::cout << kNames.at(static_cast<std::size_t>(change.kind)) << " " << to_text(change.key)
                << std::endl;
    };
    Informer informer(client_,
                      loop_,
                      {.resource = resource_of(arguments[0]), .selection = {.ns = arguments[1]}},
                      {.on_change = note,
                       .on_listed = [] { std::cout << "listed" << std::endl; },
                       .on_trouble =
                           [](const ApiError& error) {
                             std::cerr << error.text() << "\n";
                           }});
    informer.start();
    while (left > 0) io_.run_one();
    return 0;
  }

  int write_object(const std::string& command) {
    const auto object = read_input();
    if (!object) return show(std::unexpected(failed(Failure::Garbled, object.error().message)));
    Discovery discovery;
    const std::string version(text_at(*object, {"apiVersion"}));
    const Reply resources = call(get(version_path(version)));
    if (!resources || !discovery.add_resources(resources->body)) return show(resources);
    const auto resource = discovery.find(version, text_at(*object, {"kind"}));
    if (!resource) {
      return show(std::unexpected(failed(Failure::NotFound, "the server has no such kind")));
    }
    ObjectKey key = key_of(*object);
    if (resource->is_namespaced && key.ns.empty()) key.ns = ns_;
    if (command == "create") return show(call(create(*resource, key.ns, *object)));
    const std::string subresource = command == "status" ? command : "";
    const ApplyOptions options{.field_manager = "probe", .subresource = subresource};
    return show(call(apply(*resource, key, *object, options)));
  }

  int patch(const Arguments& arguments) {
    const auto change = read_input();
    if (!change) return show(std::unexpected(failed(Failure::Garbled, change.error().message)));
    return show(
        call(merge_patch(resource_of(arguments[0]), {arguments[1], arguments[2]}, *change)));
  }

  int remove_one(const Arguments& arguments) {
    const std::string uid = arguments.size() == 4 ? arguments[3] : "";
    return show(
        call(remove(resource_of(arguments[0]), {arguments[1], arguments[2]}, {.uid = uid})));
  }

  int scale(const Arguments& arguments) {
    const auto replicas = static_cast<unsigned>(std::stoul(arguments[3]));
    return show(call(set_scale(resource_of(arguments[0]), {arguments[1], arguments[2]}, replicas)));
  }

  int evict_one(const Arguments& arguments) {
    constexpr std::array kNames = {
        "evicted", "gone", "another", "blocked", "misconfigured", "failed"};
    const Reply reply = call(evict({arguments[1], arguments[2]}, {}, arguments[0]));
    std::cout << kNames.at(static_cast<std::size_t>(evicted(reply))) << "\n";
    return show(reply);
  }

  int hold(const Arguments& arguments) {
    bool is_over = false;
    Elector elector(
        client_,
        loop_,
        {arguments[0], arguments[1]},
        {.identity = arguments[2]},
        static_cast<std::uint64_t>(machine_now().wall.ms),
        {.on_won = [] { std::cout << "won" << std::endl; },
         .on_lost = [](const std::string& why) { std::cout << "lost: " << why << std::endl; },
         .on_trouble =
             [](const ApiError& error) {
               std::cerr << error.text() << "\n";
             }});
    elector.start();
    input_.assign(dup(STDIN_FILENO));
    input_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [&](auto) { elector.release([&] { is_over = true; }); });
    while (!is_over) io_.run_one();
    std::cout << "released" << std::endl;
    return 0;
  }

  int tell(const Arguments& arguments) {
    std::size_t failures = 0;
    EventSink sink(client_,
                   loop_,
                   {.controller = "paddock.io/probe", .instance = "probe"},
                   [&](const ApiError& error) {
                     ++failures;
                     std::cerr << error.text() << "\n";
                   });
    const News news{.regarding = {.api_version = "v1",
                                  .kind = "ConfigMap",
                                  .key = {arguments[0], arguments[1]},
                                  .uid = arguments[2]},
                    .reason = "Probed",
                    .action = "Probe",
                    .note = "The probe was here."};
    for (std::size_t left = std::stoul(arguments[3]); left > 0; --left) sink.record(news);
    while (sink.is_sending()) io_.run_one();
    return failures == 0 ? 0 : 1;
  }

  static Result<json::value> read_input() {
    const std::string text(std::istreambuf_iterator<char>(std::cin), {});
    return parse_json(text);
  }

  boost::asio::io_context io_;
  std::string ns_;
  Client client_;
  ClockLoop loop_;
  boost::asio::posix::stream_descriptor input_{io_};
};

int run(Arguments arguments) {
  std::string context;
  if (arguments.size() > 1 && arguments[0] == "--context") {
    context = arguments[1];
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  if (arguments.empty()) {
    std::cerr << kUsage;
    return 2;
  }
  const std::string command = arguments[0];
  arguments.erase(arguments.begin());
  auto access = load_access("", context);
  if (!access) {
    std::cerr << access.error().message << "\n";
    return 1;
  }
  return Probe(*std::move(access)).run(command, arguments);
}

}  // namespace
}  // namespace paddock::kube

int main(int argc, char** argv) {
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  return paddock::kube::run({arguments.begin() + 1, arguments.end()});
}
