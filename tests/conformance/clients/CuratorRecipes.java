// SPDX-License-Identifier: Apache-2.0
//
// Apache Curator with every recipe it has, against one server. Prints what it saw in words that do not
// depend on zxids, times or session ids. Usage: java CuratorRecipes HOST:PORT.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.transaction.CuratorTransactionResult;
import org.apache.curator.framework.recipes.atomic.AtomicValue;
import org.apache.curator.framework.recipes.atomic.CachedAtomicInteger;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicInteger;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicValue;
import org.apache.curator.framework.recipes.atomic.PromotedToLock;
import org.apache.curator.framework.recipes.barriers.DistributedBarrier;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.NodeCache;
import org.apache.curator.framework.recipes.cache.PathChildrenCache;
import org.apache.curator.framework.recipes.cache.TreeCache;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderSelector;
import org.apache.curator.framework.recipes.leader.LeaderSelectorListenerAdapter;
import org.apache.curator.framework.recipes.locks.InterProcessMultiLock;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreMutex;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.apache.curator.framework.recipes.nodes.GroupMember;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.framework.recipes.nodes.PersistentTtlNode;
import org.apache.curator.framework.recipes.queue.DistributedDelayQueue;
import org.apache.curator.framework.recipes.queue.DistributedIdQueue;
import org.apache.curator.framework.recipes.queue.DistributedPriorityQueue;
import org.apache.curator.framework.recipes.queue.DistributedQueue;
import org.apache.curator.framework.recipes.queue.QueueBuilder;
import org.apache.curator.framework.recipes.queue.QueueConsumer;
import org.apache.curator.framework.recipes.queue.QueueSerializer;
import org.apache.curator.framework.recipes.queue.SimpleDistributedQueue;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.framework.recipes.shared.SharedValue;
import org.apache.curator.framework.recipes.shared.VersionedValue;
import org.apache.curator.framework.recipes.watch.PersistentWatcher;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;

public final class CuratorRecipes {
  private static final int SECONDS = 60;
  private static final ExecutorService POOL = Executors.newCachedThreadPool(task -> {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    return thread;
  });
  private static String hosts;
  private static CuratorFramework first;
  private static CuratorFramework second;

  private static void say(String text) {
    System.out.println(text);
    System.out.flush();
  }

  private static CuratorFramework started() throws Exception {
    CuratorFramework client = CuratorFrameworkFactory.builder().connectString(hosts).sessionTimeoutMs(30000)
        .connectionTimeoutMs(10000).retryPolicy(new RetryForever(50)).namespace("curator").build();
    client.start();
    if (!client.blockUntilConnected(SECONDS, TimeUnit.SECONDS)) throw new AssertionError("not connected");
    return client;
  }

  private static void until(Callable<Boolean> condition, String what) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!condition.call()) {
      if (System.nanoTime() > deadline) throw new AssertionError("waited for " + what);
      Thread.sleep(10);
    }
  }

  private static void framework() throws Exception {
    say("create " + first.create().creatingParentsIfNeeded().forPath("/f/a/b", "x".getBytes()));
    say("containers " + first.create().creatingParentContainersIfNeeded().forPath("/f/c/d/e"));
    String guarded = first.create().withProtection().withMode(CreateMode.EPHEMERAL_SEQUENTIAL).forPath("/f/p-");
    say("protected " + guarded.replaceAll("_c_[0-9a-f-]+-", "_c_ID-"));
    say("or set " + first.create().orSetData().forPath("/f/a/b", "y".getBytes()) + " "
        + new String(first.getData().forPath("/f/a/b")));
    Stat stat = new Stat();
    first.create().withTtl(100000).storingStatIn(stat).withMode(CreateMode.PERSISTENT_WITH_TTL).forPath("/f/ttl");
    say("ttl " + stat.getEphemeralOwner());
    first.setData().withVersion(1).forPath("/f/a/b", "z".getBytes());
    try {
      first.setData().withVersion(1).forPath("/f/a/b", "z".getBytes());
    } catch (KeeperException error) {
      say("old version " + error.code());
    }
    say("children " + new TreeSet<>(second.getChildren().forPath("/f/c")));
    first.delete().guaranteed().deletingChildrenIfNeeded().forPath("/f/a");
    say("deleted " + first.checkExists().forPath("/f/a"));
    CountDownLatch background = new CountDownLatch(50);
    for (int i = 0; i < 50; ++i) {
      first.create().inBackground((client, event) -> {
        if (event.getResultCode() == 0) background.countDown();
      }).forPath("/f/n" + i);
    }
    say("background " + background.await(SECONDS, TimeUnit.SECONDS));
    List<CuratorTransactionResult> results = first.transaction().forOperations(
        first.transactionOp().create().forPath("/f/t", "1".getBytes()),
        first.transactionOp().setData().withVersion(0).forPath("/f/t", "2".getBytes()),
        first.transactionOp().check().withVersion(1).forPath("/f/t"),
        first.transactionOp().create().withMode(CreateMode.PERSISTENT_SEQUENTIAL).forPath("/f/t/s-"),
        first.transactionOp().delete().forPath("/f/n0"));
    for (CuratorTransactionResult result : results) {
      say("  " + result.getType() + " " + result.getForPath() + " " + result.getResultPath());
    }
    try {
      first.transaction().forOperations(first.transactionOp().create().forPath("/f/u"),
          first.transactionOp().delete().forPath("/f/none"));
    } catch (KeeperException error) {
      say("failed " + error.code() + " " + first.checkExists().forPath("/f/u"));
    }
  }

  private static void leaders() throws Exception {
    LeaderLatch one = new LeaderLatch(first, "/latch", "one");
    LeaderLatch two = new LeaderLatch(second, "/latch", "two");
    one.start();
    one.await(SECONDS, TimeUnit.SECONDS);
    two.start();
    until(() -> one.getParticipants().size() == 2, "participants");
    say("leader " + two.getLeader().getId() + " " + one.hasLeadership() + " " + two.hasLeadership());
    one.close();
    say("next " + two.await(SECONDS, TimeUnit.SECONDS) + " " + two.getLeader().getId());
    two.close();
    List<String> led = Collections.synchronizedList(new ArrayList<>());
    Semaphore taken = new Semaphore(0);
    List<LeaderSelector> selectors = new ArrayList<>();
    for (CuratorFramework client : List.of(first, second)) {
      String name = client == first ? "one" : "two";
      LeaderSelector selector = new LeaderSelector(client, "/selector", new LeaderSelectorListenerAdapter() {
        @Override
        public void takeLeadership(CuratorFramework framework) {
          led.add(name);
          taken.release();
        }
      });
      selectors.add(selector);
      selector.start();
    }
    say("selected " + taken.tryAcquire(2, SECONDS, TimeUnit.SECONDS) + " " + new TreeSet<>(led));
    for (LeaderSelector selector : selectors) selector.close();
  }

  private static void locks() throws Exception {
    InterProcessMutex one = new InterProcessMutex(first, "/mutex");
    InterProcessMutex two = new InterProcessMutex(second, "/mutex");
    say("mutex " + one.acquire(SECONDS, TimeUnit.SECONDS) + " " + one.acquire(1, TimeUnit.SECONDS) + " "
        + two.acquire(100, TimeUnit.MILLISECONDS));
    one.release();
    Future<Boolean> waiting = POOL.submit(() -> {
      boolean got = two.acquire(SECONDS, TimeUnit.SECONDS);
      two.release();
      return got;
    });
    until(() -> one.getParticipantNodes().size() == 2, "a waiting thread");
    one.release();
    say("handed over " + waiting.get(SECONDS, TimeUnit.SECONDS));
    InterProcessSemaphoreMutex plain = new InterProcessSemaphoreMutex(first, "/plain");
    say("semaphore mutex " + plain.acquire(SECONDS, TimeUnit.SECONDS) + " "
        + new InterProcessSemaphoreMutex(second, "/plain").acquire(100, TimeUnit.MILLISECONDS));
    plain.release();
    InterProcessReadWriteLock both = new InterProcessReadWriteLock(first, "/rw");
    InterProcessReadWriteLock other = new InterProcessReadWriteLock(second, "/rw");
    say("read " + both.readLock().acquire(SECONDS, TimeUnit.SECONDS) + " "
        + other.readLock().acquire(SECONDS, TimeUnit.SECONDS) + " write "
        + other.writeLock().acquire(100, TimeUnit.MILLISECONDS));
    both.readLock().release();
    other.readLock().release();
    say("write " + other.writeLock().acquire(SECONDS, TimeUnit.SECONDS) + " downgrade "
        + other.readLock().acquire(SECONDS, TimeUnit.SECONDS));
    other.readLock().release();
    other.writeLock().release();
    InterProcessSemaphoreV2 semaphore = new InterProcessSemaphoreV2(first, "/semaphore", 2);
    InterProcessSemaphoreV2 same = new InterProcessSemaphoreV2(second, "/semaphore", 2);
    Collection<Lease> leases = semaphore.acquire(2);
    say("leases " + leases.size() + " third " + same.acquire(100, TimeUnit.MILLISECONDS));
    semaphore.returnAll(leases);
    Lease lease = same.acquire(SECONDS, TimeUnit.SECONDS);
    say("returned " + (lease != null));
    same.returnLease(lease);
    InterProcessMultiLock multi = new InterProcessMultiLock(first, List.of("/multi/a", "/multi/b"));
    say("multi " + multi.acquire(SECONDS, TimeUnit.SECONDS) + " "
        + new InterProcessMutex(second, "/multi/b").acquire(100, TimeUnit.MILLISECONDS));
    multi.release();
  }

  private static void barriers() throws Exception {
    DistributedBarrier barrier = new DistributedBarrier(first, "/barrier");
    barrier.setBarrier();
    Future<Boolean> waiting =
        POOL.submit(() -> new DistributedBarrier(second, "/barrier").waitOnBarrier(SECONDS, TimeUnit.SECONDS));
    say("closed " + new DistributedBarrier(second, "/barrier").waitOnBarrier(100, TimeUnit.MILLISECONDS));
    barrier.removeBarrier();
    say("opened " + waiting.get(SECONDS, TimeUnit.SECONDS));
    List<Future<String>> members = new ArrayList<>();
    for (CuratorFramework client : List.of(first, second)) {
      members.add(POOL.submit(() -> {
        DistributedDoubleBarrier gate = new DistributedDoubleBarrier(client, "/double", 2);
        return gate.enter(SECONDS, TimeUnit.SECONDS) + " " + gate.leave(SECONDS, TimeUnit.SECONDS);
      }));
    }
    for (Future<String> member : members) say("double " + member.get(SECONDS, TimeUnit.SECONDS));
  }

  private static void counters() throws Exception {
    SharedCount one = new SharedCount(first, "/count", 5);
    SharedCount two = new SharedCount(second, "/count", 5);
    one.start();
    two.start();
    say("count " + one.getCount() + " " + one.trySetCount(one.getVersionedValue(), 6));
    until(() -> two.getCount() == 6, "the shared count");
    VersionedValue<Integer> stale = one.getVersionedValue();
    say("stale " + two.trySetCount(two.getVersionedValue(), 7) + " " + one.trySetCount(stale, 8));
    one.close();
    two.close();
    SharedValue value = new SharedValue(first, "/value", "seed".getBytes());
    value.start();
    value.setValue("new".getBytes());
    say("value " + new String(value.getValue()));
    value.close();
    List<Future<Integer>> adders = new ArrayList<>();
    for (CuratorFramework client : List.of(first, second)) {
      adders.add(POOL.submit(() -> {
        DistributedAtomicLong counter = new DistributedAtomicLong(client, "/long", new RetryOneTime(1),
            PromotedToLock.builder().lockPath("/long-lock").retryPolicy(new RetryOneTime(1)).build());
        int done = 0;
        while (done < 20) {
          if (counter.increment().succeeded()) ++done;
        }
        return done;
      }));
    }
    for (Future<Integer> adder : adders) adder.get(SECONDS, TimeUnit.SECONDS);
    say("long " + new DistributedAtomicLong(first, "/long", new RetryOneTime(1)).get().postValue());
    DistributedAtomicInteger integer = new DistributedAtomicInteger(first, "/int", new RetryOneTime(1));
    say("int " + integer.initialize(3) + " " + integer.add(4).postValue() + " "
        + integer.compareAndSet(7, 9).succeeded() + " " + integer.compareAndSet(7, 9).succeeded());
    CachedAtomicInteger cached = new CachedAtomicInteger(integer, 10);
    say("cached " + cached.next().postValue() + " " + cached.next().postValue() + " " + integer.get().postValue());
    AtomicValue<byte[]> swapped =
        new DistributedAtomicValue(first, "/atomic", new RetryOneTime(1)).trySet("v".getBytes());
    say("atomic " + swapped.succeeded());
  }

  private static void nodes() throws Exception {
    PersistentNode node = new PersistentNode(first, CreateMode.EPHEMERAL, false, "/node", "v".getBytes());
    node.start();
    say("persistent node " + node.waitForInitialCreate(SECONDS, TimeUnit.SECONDS));
    second.delete().forPath("/node");
    until(() -> second.checkExists().forPath("/node") != null, "the node again");
    node.setData("w".getBytes());
    until(() -> new String(second.getData().forPath("/node")).equals("w"), "its data");
    node.close();
    until(() -> second.checkExists().forPath("/node") == null, "its end");
    PersistentTtlNode ttl = new PersistentTtlNode(first, "/ttl-node", 10000, "v".getBytes());
    ttl.start();
    say("ttl node " + ttl.waitForInitialCreate(SECONDS, TimeUnit.SECONDS) + " "
        + second.checkExists().forPath("/ttl-node").getEphemeralOwner());
    ttl.close();
    GroupMember one = new GroupMember(first, "/group", "one");
    GroupMember two = new GroupMember(second, "/group", "two", "payload".getBytes());
    one.start();
    two.start();
    until(() -> one.getCurrentMembers().size() == 2 && two.getCurrentMembers().size() == 2, "members");
    until(() -> one.getCurrentMembers().get("two").length == 7, "the payload");
    say("group " + new TreeSet<>(one.getCurrentMembers().keySet()));
    two.close();
    until(() -> one.getCurrentMembers().size() == 1, "the member that left");
    one.close();
  }

  private static void caches() throws Exception {
    first.create().forPath("/cache", "0".getBytes());
    // On a connection of its own: in release 3.8 a one-shot watch replaces a recursive one of its path.
    CuratorFramework alone = started();
    CuratorCache cache = CuratorCache.build(alone, "/cache");
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    CountDownLatch ready = new CountDownLatch(1);
    cache.listenable().addListener((type, before, after) -> seen.add(type + " " + (after == null ? before : after).getPath()));
    cache.start();
    TreeCache tree = TreeCache.newBuilder(first, "/cache").setCacheData(true).build();
    tree.getListenable().addListener((client, event) -> {
      if (event.getType() == org.apache.curator.framework.recipes.cache.TreeCacheEvent.Type.INITIALIZED) ready.countDown();
    });
    tree.start();
    PathChildrenCache children = new PathChildrenCache(first, "/cache", true);
    children.start(PathChildrenCache.StartMode.BUILD_INITIAL_CACHE);
    NodeCache node = new NodeCache(first, "/cache/a");
    node.start(true);
    if (!ready.await(SECONDS, TimeUnit.SECONDS)) throw new AssertionError("the tree cache");
    say(seen.poll(SECONDS, TimeUnit.SECONDS));
    second.create().forPath("/cache/a", "1".getBytes());
    say(seen.poll(SECONDS, TimeUnit.SECONDS));
    until(() -> tree.getCurrentData("/cache/a") != null && children.getCurrentData().size() == 1
        && node.getCurrentData() != null, "the new node");
    second.setData().forPath("/cache/a", "2".getBytes());
    say(seen.poll(SECONDS, TimeUnit.SECONDS));
    until(() -> new String(tree.getCurrentData("/cache/a").getData()).equals("2")
        && new String(children.getCurrentData().get(0).getData()).equals("2")
        && new String(node.getCurrentData().getData()).equals("2"), "the new data");
    second.create().creatingParentsIfNeeded().forPath("/cache/a/b/c", "3".getBytes());
    say(seen.poll(SECONDS, TimeUnit.SECONDS));
    say(seen.poll(SECONDS, TimeUnit.SECONDS));
    until(() -> tree.getCurrentData("/cache/a/b/c") != null && cache.get("/cache/a/b/c").isPresent(), "the deep node");
    second.delete().deletingChildrenIfNeeded().forPath("/cache/a");
    for (int i = 0; i < 3; ++i) say(seen.poll(SECONDS, TimeUnit.SECONDS));
    until(() -> tree.getCurrentData("/cache/a") == null && children.getCurrentData().isEmpty()
        && node.getCurrentData() == null, "the deletion");
    say("sizes " + cache.size());
    cache.close();
    alone.close();
    tree.close();
    children.close();
    node.close();
    PersistentWatcher watcher = new PersistentWatcher(first, "/watched", true);
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    CountDownLatch set = new CountDownLatch(1);
    watcher.getListenable().addListener(event -> events.add(event.getType() + " " + event.getPath()));
    watcher.getResetListenable().addListener(set::countDown);
    watcher.start();
    if (!set.await(SECONDS, TimeUnit.SECONDS)) throw new AssertionError("the persistent watch");
    second.create().creatingParentsIfNeeded().forPath("/watched/x/y");
    for (int i = 0; i < 3; ++i) say(events.poll(SECONDS, TimeUnit.SECONDS));
    watcher.close();
    say("add watch " + (first.watchers().add().withMode(AddWatchMode.PERSISTENT) != null));
  }

  private static final QueueSerializer<String> TEXT = new QueueSerializer<>() {
    @Override
    public byte[] serialize(String item) {
      return item.getBytes();
    }

    @Override
    public String deserialize(byte[] bytes) {
      return new String(bytes);
    }
  };

  private static final class Consumer implements QueueConsumer<String> {
    private final BlockingQueue<String> taken = new LinkedBlockingQueue<>();

    @Override
    public void consumeMessage(String message) {
      taken.add(message);
    }

    @Override
    public void stateChanged(CuratorFramework client, ConnectionState state) {}
  }

  private static String take(Consumer consumer, int count) throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; ++i) text.append(' ').append(consumer.taken.poll(SECONDS, TimeUnit.SECONDS));
    return text.toString();
  }

  private static void queues() throws Exception {
    Consumer consumer = new Consumer();
    DistributedQueue<String> queue =
        QueueBuilder.builder(first, consumer, TEXT, "/queue").lockPath("/queue-lock").buildQueue();
    queue.start();
    for (String item : List.of("a", "b", "c")) queue.put(item);
    say("queue" + take(consumer, 3));
    queue.close();
    DistributedIdQueue<String> ids = QueueBuilder.builder(first, (QueueConsumer<String>) null, TEXT, "/ids").buildIdQueue();
    ids.start();
    ids.put("item", "7");
    ids.flushPuts(SECONDS, TimeUnit.SECONDS);
    say("removed by id " + ids.remove("7"));
    ids.close();
    DistributedPriorityQueue<String> producer =
        QueueBuilder.builder(first, (QueueConsumer<String>) null, TEXT, "/priority").buildPriorityQueue(0);
    producer.start();
    producer.put("low", 10);
    producer.put("high", 1);
    producer.flushPuts(SECONDS, TimeUnit.SECONDS);
    Consumer ordered = new Consumer();
    DistributedPriorityQueue<String> priority =
        QueueBuilder.builder(second, ordered, TEXT, "/priority").buildPriorityQueue(0);
    priority.start();
    say("priority" + take(ordered, 2));
    priority.close();
    producer.close();
    DistributedDelayQueue<String> delaying =
        QueueBuilder.builder(first, (QueueConsumer<String>) null, TEXT, "/delay").buildDelayQueue();
    delaying.start();
    long now = System.currentTimeMillis();
    delaying.put("later", now + 700);
    delaying.put("sooner", now + 100);
    delaying.flushPuts(SECONDS, TimeUnit.SECONDS);
    // The consumer meets both, so that their order does not depend on how fast they were put.
    Consumer delayed = new Consumer();
    DistributedDelayQueue<String> delay = QueueBuilder.builder(second, delayed, TEXT, "/delay").buildDelayQueue();
    delay.start();
    say("delay" + take(delayed, 2));
    delay.close();
    delaying.close();
    SimpleDistributedQueue simple = new SimpleDistributedQueue(first, "/simple");
    simple.offer("1".getBytes());
    simple.offer("2".getBytes());
    say("simple " + new String(simple.peek()) + " " + new String(simple.take()) + " "
        + new String(simple.poll(1, TimeUnit.SECONDS)) + " " + simple.poll());
  }

  private static void restart() throws Exception {
    BlockingQueue<ConnectionState> states = new LinkedBlockingQueue<>();
    first.getConnectionStateListenable().addListener((client, state) -> states.add(state));
    LeaderLatch latch = new LeaderLatch(first, "/kept-latch", "one");
    latch.start();
    latch.await(SECONDS, TimeUnit.SECONDS);
    InterProcessMutex mutex = new InterProcessMutex(first, "/kept-mutex");
    mutex.acquire(SECONDS, TimeUnit.SECONDS);
    CuratorCache cache = CuratorCache.build(second, "/kept-cache");
    cache.start();
    second.create().forPath("/kept-cache");
    until(() -> cache.get("/kept-cache").isPresent(), "the cache");
    long session = first.getZookeeperClient().getZooKeeper().getSessionId();
    say("@restart");
    new BufferedReader(new InputStreamReader(System.in)).readLine();
    ConnectionState state;
    do {
      state = states.poll(SECONDS, TimeUnit.SECONDS);
      if (state == null) throw new AssertionError("no reconnection");
    } while (state != ConnectionState.RECONNECTED);
    say("same session " + (session == first.getZookeeperClient().getZooKeeper().getSessionId()));
    until(latch::hasLeadership, "the leadership");
    say("mutex " + mutex.isAcquiredInThisProcess() + " "
        + new InterProcessMutex(second, "/kept-mutex").acquire(100, TimeUnit.MILLISECONDS));
    mutex.release();
    first.create().forPath("/kept-cache/new");
    until(() -> cache.get("/kept-cache/new").isPresent(), "the cache after the restart");
    cache.close();
    latch.close();
  }

  private interface Part {
    void run() throws Exception;
  }

  private static void part(String name, Part part) throws Exception {
    say("-- " + name);
    part.run();
  }

  public static void main(String[] arguments) throws Exception {
    hosts = arguments[0];
    first = started();
    second = started();
    part("framework", CuratorRecipes::framework);
    part("leaders", CuratorRecipes::leaders);
    part("locks", CuratorRecipes::locks);
    part("barriers", CuratorRecipes::barriers);
    part("counters", CuratorRecipes::counters);
    part("nodes", CuratorRecipes::nodes);
    part("caches", CuratorRecipes::caches);
    part("queues", CuratorRecipes::queues);
    part("restart", CuratorRecipes::restart);
    first.close();
    second.close();
    System.exit(0);
  }
}
