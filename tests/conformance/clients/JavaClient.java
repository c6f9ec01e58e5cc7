// SPDX-License-Identifier: Apache-2.0
//
// The Java client, with every call it has, against one server. Prints what it saw in words that do not
// depend on zxids, times or session ids. Usage: java JavaClient HOST:PORT.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.ClientInfo;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;

public final class JavaClient {
  private static final int SECONDS = 60;
  private static final List<ACL> OPEN = ZooDefs.Ids.OPEN_ACL_UNSAFE;
  private static String hosts;

  private interface Action {
    Object run() throws Exception;
  }

  /** Collects events; knows when the client is connected. */
  private static final class Events implements Watcher {
    private final BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<Event.KeeperState> states = new LinkedBlockingQueue<>();

    @Override
    public void process(WatchedEvent event) {
      if (event.getType() == Event.EventType.None) {
        states.add(event.getState());
      } else {
        events.add(event);
      }
    }

    String next() throws Exception {
      WatchedEvent event = events.poll(SECONDS, TimeUnit.SECONDS);
      if (event == null) throw new AssertionError("no event came");
      return event.getType() + " " + event.getState() + " " + event.getPath();
    }

    void await(Event.KeeperState wanted) throws Exception {
      for (;;) {
        Event.KeeperState state = states.poll(SECONDS, TimeUnit.SECONDS);
        if (state == null) throw new AssertionError("the client did not become " + wanted);
        if (state == wanted) return;
      }
    }
  }

  private static void say(String text) {
    System.out.println(text);
    System.out.flush();
  }

  private static void say(String what, Action action) throws Exception {
    try {
      say(what + ": " + show(action.run()));
    } catch (KeeperException error) {
      say(what + ": " + error.code() + (error.getPath() == null ? "" : " for " + error.getPath()));
    } catch (IllegalArgumentException error) {
      say(what + ": illegal argument");
    }
  }

  private static String show(Object value) {
    if (value instanceof Stat) return show((Stat) value);
    if (value instanceof byte[]) return "'" + new String((byte[]) value) + "'";
    if (value instanceof List) {
      TreeSet<String> sorted = new TreeSet<>();
      for (Object item : (List<?>) value) sorted.add(show(item));
      return sorted.toString();
    }
    if (value instanceof ACL) {
      ACL acl = (ACL) value;
      return acl.getPerms() + ":" + acl.getId().getScheme() + ":" + acl.getId().getId();
    }
    if (value instanceof ClientInfo) {
      return ((ClientInfo) value).getAuthScheme() + ":" + ((ClientInfo) value).getUser();
    }
    return String.valueOf(value);
  }

  private static String show(Stat stat) {
    return "version " + stat.getVersion() + " cversion " + stat.getCversion() + " aversion " + stat.getAversion()
        + " length " + stat.getDataLength() + " children " + stat.getNumChildren() + " ephemeral "
        + (stat.getEphemeralOwner() != 0) + " modified " + (stat.getMzxid() > stat.getCzxid()) + " children changed "
        + (stat.getPzxid() > stat.getCzxid());
  }

  private static ZooKeeper connect(Events events) throws Exception {
    ZooKeeper client = new ZooKeeper(hosts, 30000, events);
    events.await(Watcher.Event.KeeperState.SyncConnected);
    return client;
  }

  private static void basics(ZooKeeper zk) throws Exception {
    say("create", () -> zk.create("/j", "data".getBytes(), OPEN, CreateMode.PERSISTENT));
    say("create again", () -> zk.create("/j", null, OPEN, CreateMode.PERSISTENT));
    for (CreateMode mode : CreateMode.values()) {
      long ttl = mode.isTTL() ? 1000000 : -1;
      say("create " + mode, () -> zk.create("/j/" + mode + "-", "x".getBytes(), OPEN, mode, new Stat(), ttl));
      Stat stat = new Stat();
      say("create2 " + mode, () -> zk.create("/j/2" + mode + "-", null, OPEN, mode, stat, ttl));
      say("  stat", () -> stat);
    }
    say("bad path", () -> zk.create("/j/", null, OPEN, CreateMode.PERSISTENT));
    say("children", () -> zk.getChildren("/j", false));
    Stat stat = new Stat();
    say("children2", () -> zk.getChildren("/j", false, stat));
    say("  stat", () -> stat);
    say("exists", () -> zk.exists("/j", false));
    say("exists not", () -> zk.exists("/none", false));
    say("get", () -> zk.getData("/j", false, stat));
    say("get null", () -> zk.getData("/j/2EPHEMERAL-", false, stat));
    say("set", () -> zk.setData("/j", "more".getBytes(), 0));
    say("set old", () -> zk.setData("/j", "more".getBytes(), 0));
    say("set missing", () -> zk.setData("/none", null, -1));
    say("delete not empty", () -> {
      zk.delete("/j", -1);
      return "done";
    });
    say("ephemerals", () -> zk.getEphemerals());
    say("ephemerals below", () -> zk.getEphemerals("/j/2"));
    say("number", () -> zk.getAllChildrenNumber("/j"));
    say("number of nothing", () -> zk.getAllChildrenNumber("/none"));
    say("who am i", () -> zk.whoAmI());
    say("config", () -> zk.getConfig(false, stat));
    CountDownLatch synced = new CountDownLatch(1);
    zk.sync("/j", (rc, path, context) -> {
      say("sync: " + rc + " " + path);
      synced.countDown();
    }, null);
    synced.await(SECONDS, TimeUnit.SECONDS);
    say("name with a slash at the end", () -> zk.create("/j/q", null, OPEN, CreateMode.PERSISTENT));
    say("sequential below", () -> zk.create("/j/q/", null, OPEN, CreateMode.PERSISTENT_SEQUENTIAL));
    say("unicode", () -> zk.create("/j/\u65e5\u672c", null, OPEN, CreateMode.PERSISTENT));
    byte[] large = new byte[1000000];
    say("large", () -> zk.setData("/j", large, -1));
    say("large read", () -> zk.getData("/j", false, stat).length);
  }

  private static void acls(ZooKeeper zk) throws Exception {
    Events events = new Events();
    ZooKeeper owner = connect(events);
    owner.addAuthInfo("digest", "java:secret".getBytes());
    say("create", () -> owner.create("/j/private", "x".getBytes(), ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT));
    say("read", () -> zk.getData("/j/private", false, null));
    say("acl", () -> zk.getACL("/j/private", new Stat()));
    say("owner's acl", () -> owner.getACL("/j/private", new Stat()));
    List<ACL> acl = new ArrayList<>(ZooDefs.Ids.READ_ACL_UNSAFE);
    acl.add(new ACL(ZooDefs.Perms.ALL, new Id("digest", DigestAuthenticationProvider.generateDigest("java:secret"))));
    say("set acl", () -> owner.setACL("/j/private", acl, 0));
    say("set acl old", () -> owner.setACL("/j/private", acl, 0));
    say("masked", () -> zk.getACL("/j/private", new Stat()));
    say("read", () -> zk.getData("/j/private", false, null));
    say("write", () -> zk.setData("/j/private", null, -1));
    say("who am i", () -> owner.whoAmI());
    say("invalid acl", () -> zk.create("/j/x", null, new ArrayList<>(), CreateMode.PERSISTENT));
    say("invalid id", () -> zk.create("/j/x", null, Collections.singletonList(new ACL(31, new Id("digest", "x"))), CreateMode.PERSISTENT));
    owner.close();
  }

  private static String show(List<OpResult> results) {
    StringBuilder text = new StringBuilder();
    for (OpResult result : results) {
      text.append(' ').append(result.getType());
      if (result instanceof OpResult.ErrorResult) text.append(" error ").append(((OpResult.ErrorResult) result).getErr());
      if (result instanceof OpResult.CreateResult) text.append(' ').append(((OpResult.CreateResult) result).getPath());
      if (result instanceof OpResult.GetDataResult) {
        text.append(' ').append(new String(((OpResult.GetDataResult) result).getData()));
      }
      if (result instanceof OpResult.GetChildrenResult) {
        text.append(' ').append(new TreeSet<>(((OpResult.GetChildrenResult) result).getChildren()));
      }
    }
    return text.toString();
  }

  private static void multis(ZooKeeper zk) throws Exception {
    say("multi", () -> show(zk.multi(List.of(Op.create("/j/m", "1".getBytes(), OPEN, CreateMode.PERSISTENT),
        Op.create("/j/m/s-", null, OPEN, CreateMode.EPHEMERAL_SEQUENTIAL), Op.create("/j/m/c", null, OPEN, CreateMode.CONTAINER),
        Op.create("/j/m/t", null, OPEN, CreateMode.PERSISTENT_WITH_TTL, 100000L),
        Op.setData("/j/m", "2".getBytes(), 0), Op.check("/j/m", 1), Op.delete("/j/m/c", 0)))));
    say("reads", () -> show(zk.multi(List.of(Op.getData("/j/m"), Op.getChildren("/j/m"), Op.getData("/none")))));
    try {
      zk.multi(List.of(Op.create("/j/n", null, OPEN, CreateMode.PERSISTENT), Op.check("/j", 999), Op.delete("/none", -1)));
    } catch (KeeperException error) {
      say("failed with " + error.code() + show(error.getResults()));
    }
    say("nothing left", () -> zk.exists("/j/n", false));
    say("transaction", () -> show(zk.transaction().check("/j/m", 1).create("/j/n", null, OPEN, CreateMode.PERSISTENT).commit()));
  }

  private static void watches(ZooKeeper zk) throws Exception {
    Events events = new Events();
    zk.exists("/j/w", events);
    zk.create("/j/w", null, OPEN, CreateMode.PERSISTENT);
    say(events.next());
    zk.getData("/j/w", events, null);
    zk.getChildren("/j/w", events);
    zk.setData("/j/w", null, -1);
    say(events.next());
    zk.create("/j/w/c", null, OPEN, CreateMode.PERSISTENT);
    say(events.next());
    Events recursive = new Events();
    Events persistent = new Events();
    zk.addWatch("/j/w", recursive, AddWatchMode.PERSISTENT_RECURSIVE);
    zk.addWatch("/j/w/c", persistent, AddWatchMode.PERSISTENT);
    for (int i = 0; i < 2; ++i) {
      zk.create("/j/w/c/d", null, OPEN, CreateMode.EPHEMERAL);
      say("recursive " + recursive.next());
      say("persistent " + persistent.next());
      zk.delete("/j/w/c/d", -1);
      say("recursive " + recursive.next());
      say("persistent " + persistent.next());
      zk.setData("/j/w", null, -1);
      say("recursive " + recursive.next());
    }
    zk.getData("/j/w/c", events, null);
    zk.removeAllWatches("/j/w", Watcher.WatcherType.Any, false);
    say("removed " + recursive.next());
    zk.setData("/j/w", null, -1);
    zk.setData("/j/w/c", null, -1);
    say(events.next());
    say("persistent " + persistent.next());
    say("remove what is not there", () -> {
      zk.removeWatches("/j/w", events, Watcher.WatcherType.Data, false);
      return "done";
    });
    say("left over " + events.events.size() + " " + recursive.events.size());
  }

  private static void pipelined(ZooKeeper zk) throws Exception {
    int count = 500;
    CountDownLatch done = new CountDownLatch(3 * count);
    int[] codes = new int[3];
    List<Integer> versions = Collections.synchronizedList(new ArrayList<>());
    zk.create("/j/p", null, OPEN, CreateMode.PERSISTENT);
    for (int i = 0; i < count; ++i) {
      zk.create("/j/p/n-", null, OPEN, CreateMode.PERSISTENT_SEQUENTIAL, (rc, path, context, name) -> {
        codes[0] += rc;
        done.countDown();
      }, null);
      zk.setData("/j/p", null, i, (rc, path, context, stat) -> {
        codes[1] += rc;
        versions.add(stat.getVersion());
        done.countDown();
      }, null);
      zk.getData("/j/p", false, (rc, path, context, data, stat) -> {
        codes[2] += rc + stat.getVersion() - versions.get(versions.size() - 1);
        done.countDown();
      }, null);
    }
    if (!done.await(SECONDS, TimeUnit.SECONDS)) throw new AssertionError("replies are missing");
    say("pipelined " + codes[0] + " " + codes[1] + " " + codes[2] + " last version " + versions.get(count - 1));
    say("children", () -> zk.getChildren("/j/p", false).size());
  }

  private static void reconfig() throws Exception {
    Events events = new Events();
    ZooKeeperAdmin admin = new ZooKeeperAdmin(hosts, 30000, events);
    events.await(Watcher.Event.KeeperState.SyncConnected);
    say("reconfig", () -> admin.reconfigure("server.1=localhost:1:2;3", null, null, -1, new Stat()));
    admin.close();
  }

  /** Thousands of watches are set again after a restart, in several packets. */
  private static void restart() throws Exception {
    Events events = new Events();
    ZooKeeper zk = connect(events);
    Events watcher = new Events();
    String name = "w".repeat(100);
    zk.create("/j/many", null, OPEN, CreateMode.PERSISTENT);
    zk.create("/j/kept", null, OPEN, CreateMode.EPHEMERAL);
    for (int i = 0; i < 3000; ++i) zk.exists("/j/many/" + name + i, watcher);
    zk.getChildren("/j/many", watcher);
    zk.addWatch("/j/kept", watcher, AddWatchMode.PERSISTENT);
    long session = zk.getSessionId();
    events.states.clear();
    say("@restart");
    new BufferedReader(new InputStreamReader(System.in)).readLine();
    events.await(Watcher.Event.KeeperState.SyncConnected);
    say("same session " + (session == zk.getSessionId()));
    say("kept", () -> zk.exists("/j/kept", false));
    zk.setData("/j/kept", null, -1);
    say(watcher.next());
    zk.create("/j/many/" + name + "2999", null, OPEN, CreateMode.PERSISTENT);
    List<String> seen = new ArrayList<>(List.of(watcher.next(), watcher.next()));
    Collections.sort(seen);
    for (String event : seen) say(event.replace(name, "name"));
    zk.close();
    Events again = new Events();
    ZooKeeper next = connect(again);
    say("gone", () -> next.exists("/j/kept", false));
    next.close();
    Events expired = new Events();
    ZooKeeper old = new ZooKeeper(hosts, 30000, expired, session, new byte[16]);
    expired.await(Watcher.Event.KeeperState.Expired);
    say("a wrong password expires the session");
    old.close();
  }

  public static void main(String[] arguments) throws Exception {
    hosts = arguments[0];
    Events events = new Events();
    ZooKeeper zk = connect(events);
    say("-- basics");
    basics(zk);
    say("-- acls");
    acls(zk);
    say("-- multis");
    multis(zk);
    say("-- watches");
    watches(zk);
    say("-- pipelined");
    pipelined(zk);
    say("-- reconfig");
    reconfig();
    zk.close();
    say("-- restart");
    restart();
  }
}
