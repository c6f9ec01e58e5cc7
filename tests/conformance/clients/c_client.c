/* SPDX-License-Identifier: Apache-2.0
 *
 * The C client library, synchronous and asynchronous, against one server. Prints what it saw in words
 * that do not depend on zxids or times. Usage: c_client HOST:PORT.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zookeeper/zookeeper.h>

enum { kSeconds = 60, kBytes = 1024 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int connected = 0;
static int events = 0;
static int completions = 0;
static int expired = 0;
static char last_event[2048];

static void fail(const char *what) {
  fprintf(stderr, "c_client: %s\n", what);
  exit(1);
}

static void wait_for(const int *counter, int wanted, const char *what) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += kSeconds;
  pthread_mutex_lock(&lock);
  while (*counter < wanted) {
    if (pthread_cond_timedwait(&changed, &lock, &until) != 0) fail(what);
  }
  pthread_mutex_unlock(&lock);
}

static void count(int *counter) {
  pthread_mutex_lock(&lock);
  ++*counter;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

static void on_session(zhandle_t *zh, int type, int state, const char *path, void *context) {
  (void)zh;
  (void)path;
  (void)context;
  if (type == ZOO_SESSION_EVENT && state == ZOO_CONNECTED_STATE) count(&connected);
  if (type == ZOO_SESSION_EVENT && state == ZOO_EXPIRED_SESSION_STATE) count(&expired);
}

static void on_event(zhandle_t *zh, int type, int state, const char *path, void *context) {
  (void)zh;
  if (type == ZOO_SESSION_EVENT) return;
  snprintf(last_event, sizeof last_event, "  event for %s: type %d state %d path %s", (const char *)context, type,
           state, path);
  count(&events);
}

/* Prints the event here, so that its line does not race with those of the main thread. */
static void wait_for_event(int number, const char *what) {
  wait_for(&events, number, what);
  printf("%s\n", last_event);
}

static zhandle_t *opened(const char *hosts, const clientid_t *id) {
  const int before = connected;
  zhandle_t *zh = zookeeper_init(hosts, on_session, 30000, id, NULL, 0);
  if (zh == NULL) fail("zookeeper_init");
  wait_for(&connected, before + 1, "connecting");
  return zh;
}

static void say(const char *what, int rc) { printf("%s: %s\n", what, rc == ZOK ? "ok" : zerror(rc)); }

static void say_stat(const char *what, int rc, const struct Stat *stat) {
  say(what, rc);
  if (rc != ZOK) return;
  printf("  version %d cversion %d aversion %d length %d children %d ephemeral %d\n", stat->version, stat->cversion,
         stat->aversion, stat->dataLength, stat->numChildren, stat->ephemeralOwner != 0);
}

static int by_name(const void *left, const void *right) {
  return strcmp(*(char *const *)left, *(char *const *)right);
}

static void say_strings(const char *what, int rc, struct String_vector *names) {
  say(what, rc);
  if (rc != ZOK) return;
  qsort(names->data, (size_t)names->count, sizeof *names->data, by_name);
  for (int i = 0; i < names->count; ++i) printf("  %s\n", names->data[i]);
  deallocate_String_vector(names);
}

static void synchronous(zhandle_t *zh) {
  char path[kBytes];
  char data[kBytes];
  int length = sizeof data;
  struct Stat stat;
  struct String_vector names;
  struct ACL_vector acl;
  printf("-- synchronous\n");
  say("create", zoo_create(zh, "/c", "data", 4, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
  say("create again", zoo_create(zh, "/c", "data", 4, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
  say("create null", zoo_create(zh, "/c/null", NULL, -1, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
  say("create bad", zoo_create(zh, "no-slash", "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
  say_stat("create2", zoo_create2(zh, "/c/s-", "12", 2, &ZOO_OPEN_ACL_UNSAFE, ZOO_SEQUENCE, path, sizeof path, &stat),
           &stat);
  printf("  %s\n", path);
  say("ephemeral", zoo_create(zh, "/c/e", "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_EPHEMERAL, path, sizeof path));
  say("under it", zoo_create(zh, "/c/e/x", "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
  say("ttl", zoo_create_ttl(zh, "/c/ttl", "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_PERSISTENT_WITH_TTL, 100000, path,
                            sizeof path));
  say("container", zoo_create(zh, "/c/box", "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_CONTAINER, path, sizeof path));
  say_stat("exists", zoo_exists(zh, "/c", 0, &stat), &stat);
  say("exists not", zoo_exists(zh, "/none", 0, &stat));
  say_stat("get", zoo_get(zh, "/c", 0, data, &length, &stat), &stat);
  printf("  %.*s\n", length, data);
  length = sizeof data;
  say("get null", zoo_get(zh, "/c/null", 0, data, &length, &stat));
  printf("  length %d\n", length);
  say_stat("set", zoo_set2(zh, "/c", "more", 4, 0, &stat), &stat);
  say("set old", zoo_set(zh, "/c", "more", 4, 0));
  say_strings("children", zoo_get_children(zh, "/c", 0, &names), &names);
  say_strings("children2", zoo_get_children2(zh, "/c", 0, &names, &stat), &names);
  say_stat("get acl", zoo_get_acl(zh, "/c", &acl, &stat), &stat);
  for (int i = 0; i < acl.count; ++i) {
    printf("  %d %s %s\n", acl.data[i].perms, acl.data[i].id.scheme, acl.data[i].id.id);
  }
  deallocate_ACL_vector(&acl);
  say("set acl", zoo_set_acl(zh, "/c/null", -1, &ZOO_READ_ACL_UNSAFE));
  say("set after it", zoo_set(zh, "/c/null", "x", 1, -1));
  say("delete not empty", zoo_delete(zh, "/c", -1));
  say("delete old", zoo_delete(zh, "/c/e", 5));
  say("delete", zoo_delete(zh, "/c/e", 0));
  say("delete again", zoo_delete(zh, "/c/e", 0));
}

static void watches(zhandle_t *zh) {
  char path[kBytes];
  char data[kBytes];
  int length = sizeof data;
  struct Stat stat;
  struct String_vector names;
  printf("-- watches\n");
  events = 0;
  zoo_wexists(zh, "/c/w", on_event, "exists", &stat);
  zoo_create(zh, "/c/w", "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path);
  wait_for_event(1, "created");
  zoo_wget(zh, "/c/w", on_event, "get", data, &length, &stat);
  zoo_set(zh, "/c/w", "x", 1, -1);
  wait_for_event(2, "changed");
  zoo_wget_children(zh, "/c/w", on_event, "children", &names);
  deallocate_String_vector(&names);
  zoo_create(zh, "/c/w/x", "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path);
  wait_for_event(3, "child");
  zoo_wexists(zh, "/c/w/x", on_event, "removed", &stat);
  say("remove", zoo_remove_watches(zh, "/c/w/x", ZWATCHTYPE_DATA, on_event, "removed", 0));
  say("remove again", zoo_remove_watches(zh, "/c/w/x", ZWATCHTYPE_DATA, on_event, "removed", 0));
  zoo_wexists(zh, "/c/w/x", on_event, "deleted", &stat);
  zoo_delete(zh, "/c/w/x", -1);
  wait_for_event(4, "deleted");
}

static void multis(zhandle_t *zh) {
  char path[kBytes];
  struct Stat stat;
  zoo_op_t ops[4];
  zoo_op_result_t results[4];
  printf("-- multi\n");
  zoo_create_op_init(&ops[0], "/c/m", "1", 1, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path);
  zoo_set_op_init(&ops[1], "/c/m", "22", 2, 0, &stat);
  zoo_check_op_init(&ops[2], "/c/m", 1);
  zoo_delete_op_init(&ops[3], "/c/m", 1);
  say("all", zoo_multi(zh, 4, ops, results));
  for (int i = 0; i < 4; ++i) say("  result", results[i].err);
  zoo_create_op_init(&ops[0], "/c/m", "1", 1, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path);
  zoo_check_op_init(&ops[1], "/c", 99);
  zoo_delete_op_init(&ops[2], "/c/none", 1);
  say("failing", zoo_multi(zh, 3, ops, results));
  for (int i = 0; i < 3; ++i) say("  result", results[i].err);
  say("nothing left", zoo_exists(zh, "/c/m", 0, &stat));
}

static void on_void(int rc, const void *data) {
  if (rc != ZOK) printf("  %s: %s\n", (const char *)data, zerror(rc));
  count(&completions);
}

static void on_data(int rc, const char *value, int length, const struct Stat *stat, const void *data) {
  if (completions % 100 == 0 || rc != ZOK) {
    printf("  %s %s %.*s version %d\n", (const char *)data, rc == ZOK ? "ok" : zerror(rc), length > 0 ? length : 0,
           value ? value : "", stat ? stat->version : -1);
  }
  count(&completions);
}

static void on_stat(int rc, const struct Stat *stat, const void *data) {
  (void)stat;
  if (rc != ZOK) printf("  %s: %s\n", (const char *)data, zerror(rc));
  count(&completions);
}

static void on_string(int rc, const char *value, const void *data) {
  if (rc != ZOK) printf("  %s: %s\n", (const char *)data, zerror(rc));
  if (value && strstr(value, "99")) printf("  %s %s\n", (const char *)data, value);
  count(&completions);
}

static void on_strings(int rc, const struct String_vector *names, const void *data) {
  printf("  %s %s %d\n", (const char *)data, rc == ZOK ? "ok" : zerror(rc), names ? names->count : -1);
  count(&completions);
}

static void on_acl(int rc, struct ACL_vector *acl, struct Stat *stat, const void *data) {
  (void)stat;
  printf("  %s %s %d\n", (const char *)data, rc == ZOK ? "ok" : zerror(rc), acl ? acl->count : -1);
  count(&completions);
}

static void asynchronous(zhandle_t *zh) {
  printf("-- asynchronous\n");
  completions = 0;
  int sent = 1;
  zoo_acreate(zh, "/c/async", "0", 1, &ZOO_OPEN_ACL_UNSAFE, 0, on_string, "acreate");
  for (int i = 0; i < 100; ++i, ++sent) {
    zoo_acreate(zh, "/c/async/n-", "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_SEQUENCE, on_string, "acreate");
  }
  for (int i = 0; i < 100; ++i, sent += 2) {
    zoo_aset(zh, "/c/async", "value", 5, i, on_stat, "aset");
    zoo_aget(zh, "/c/async", 0, on_data, "aget");
  }
  zoo_aget_children(zh, "/c/async", 0, on_strings, "aget_children");
  zoo_aget_acl(zh, "/c/async", on_acl, "aget_acl");
  zoo_aexists(zh, "/c/none", 0, on_stat, "aexists");
  zoo_adelete(zh, "/c/async", -1, on_void, "adelete");
  zoo_async(zh, "/c", on_string, "async");
  zoo_aset_acl(zh, "/c/async", -1, &ZOO_OPEN_ACL_UNSAFE, on_void, "aset_acl");
  wait_for(&completions, sent + 6, "completions");
}

static void security(const char *hosts, zhandle_t *zh) {
  char path[kBytes];
  char data[kBytes];
  int length = sizeof data;
  struct Stat stat;
  struct ACL_vector acl;
  printf("-- security\n");
  zhandle_t *owner = opened(hosts, NULL);
  completions = 0;
  zoo_add_auth(owner, "digest", "c:secret", 8, on_void, "add_auth");
  wait_for(&completions, 1, "add_auth");
  say("create", zoo_create(owner, "/c/private", "x", 1, &ZOO_CREATOR_ALL_ACL, 0, path, sizeof path));
  say("get", zoo_get(zh, "/c/private", 0, data, &length, &stat));
  say("set", zoo_set(zh, "/c/private", "y", 1, -1));
  length = sizeof data;
  say("get by its owner", zoo_get(owner, "/c/private", 0, data, &length, &stat));
  say("acl", zoo_get_acl(owner, "/c/private", &acl, &stat));
  for (int i = 0; i < acl.count; ++i) {
    printf("  %d %s %s\n", acl.data[i].perms, acl.data[i].id.scheme, acl.data[i].id.id);
  }
  deallocate_ACL_vector(&acl);
  completions = 0;
  zoo_add_auth(zh, "none-such", "x", 1, on_void, "unknown scheme");
  wait_for(&completions, 1, "unknown scheme");
  printf("state auth failed: %d\n", zoo_state(zh) == ZOO_AUTH_FAILED_STATE);
  zookeeper_close(owner);
}

static void restart(const char *hosts) {
  char path[kBytes];
  struct Stat stat;
  char answer[16];
  printf("-- restart\n");
  zhandle_t *zh = opened(hosts, NULL);
  const clientid_t before = *zoo_client_id(zh);
  events = 0;
  say("ephemeral", zoo_create(zh, "/c/kept", "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_EPHEMERAL, path, sizeof path));
  zoo_wexists(zh, "/c/later", on_event, "later", &stat);
  const int connections = connected;
  printf("@restart\n");
  fflush(stdout);
  if (fgets(answer, sizeof answer, stdin) == NULL) fail("no answer to @restart");
  wait_for(&connected, connections + 1, "reconnecting");
  printf("same session %d\n", zoo_client_id(zh)->client_id == before.client_id);
  say("kept", zoo_exists(zh, "/c/kept", 0, &stat));
  say("create", zoo_create(zh, "/c/later", "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
  wait_for_event(1, "the watch after the restart");
  zookeeper_close(zh);
  zhandle_t *next = opened(hosts, NULL);
  say("gone", zoo_exists(next, "/c/kept", 0, &stat));
  clientid_t old = before;
  zhandle_t *expiring = zookeeper_init(hosts, on_session, 30000, &old, NULL, 0);
  wait_for(&expired, 1, "the expiry of a closed session");
  printf("a closed session is expired\n");
  zookeeper_close(expiring);
  zookeeper_close(next);
}

int main(int argc, char **argv) {
  if (argc != 2) fail("usage: c_client HOST:PORT");
  zoo_set_debug_level(0);
  zhandle_t *zh = opened(argv[1], NULL);
  synchronous(zh);
  watches(zh);
  multis(zh);
  asynchronous(zh);
  security(argv[1], zh);
  zookeeper_close(zh);
  restart(argv[1]);
  fflush(stdout);
  return 0;
}
