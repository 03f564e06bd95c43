package dev.sixin;

import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.docs.DocService;
import dev.sixin.account.Erasure;
import dev.sixin.account.Export;
import dev.sixin.account.Kept;
import dev.sixin.api.AdminAddress;
import dev.sixin.api.AdminService;
import dev.sixin.api.AdminService.Accounts;
import dev.sixin.api.Answers;
import dev.sixin.api.Authenticator;
import dev.sixin.api.CallLog;
import dev.sixin.api.Calls;
import dev.sixin.api.ChatPage;
import dev.sixin.api.Farewell;
import dev.sixin.api.GrpcApi;
import dev.sixin.api.ImInterfaceService;
import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.api.JsonApi;
import dev.sixin.api.LiveService;
import dev.sixin.api.NotifyService;
import dev.sixin.api.OperatorPages;
import dev.sixin.api.RequestIds;
import dev.sixin.api.Rounds;
import dev.sixin.api.Watches;
import dev.sixin.api.docs.OpenApi;
import dev.sixin.api.web.ImageApi;
import dev.sixin.api.web.Route;
import dev.sixin.api.web.Routes;
import dev.sixin.api.web.WebApi;
import dev.sixin.backup.Checkpoints;
import dev.sixin.bus.Bus;
import dev.sixin.entity.Conversation;
import dev.sixin.entity.Happening;
import dev.sixin.entity.Happening.AutoReplied;
import dev.sixin.entity.Happening.Expired;
import dev.sixin.entity.Happening.FollowChanged;
import dev.sixin.entity.Happening.GroupLine;
import dev.sixin.entity.Happening.Joined;
import dev.sixin.entity.Happening.Left;
import dev.sixin.entity.Happening.Mailed;
import dev.sixin.entity.Happening.MembershipChanged;
import dev.sixin.entity.Happening.Mentioned;
import dev.sixin.entity.Happening.MessageArrived;
import dev.sixin.entity.Happening.MessageRecalled;
import dev.sixin.entity.Happening.Read;
import dev.sixin.entity.Happening.RelationTurned;
import dev.sixin.entity.Happening.Removed;
import dev.sixin.entity.Happening.StanceChanged;
import dev.sixin.group.FanGroups;
import dev.sixin.image.Images;
import dev.sixin.job.Jobs;
import dev.sixin.message.Content;
import dev.sixin.message.GroupTalk;
import dev.sixin.message.Log;
import dev.sixin.message.Mailings;
import dev.sixin.message.Messages;
import dev.sixin.message.PrivateTalk;
import dev.sixin.message.Rates;
import dev.sixin.message.Retention;
import dev.sixin.push.Others;
import dev.sixin.push.Push;
import dev.sixin.relation.Relations;
import dev.sixin.session.Clearing;
import dev.sixin.session.Inbox;
import dev.sixin.session.Sessions;
import dev.sixin.site.SiteTables;
import dev.sixin.store.Announcement;
import dev.sixin.store.Event;
import dev.sixin.store.Origin;
import dev.sixin.store.Partition;
import dev.sixin.store.ReadOnly;
import dev.sixin.store.Store;
import dev.sixin.store.Table;
import dev.sixin.token.SiteTokens;
import dev.sixin.token.Tokens;
import dev.sixin.user.Users;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running server, put together: the data directory, the store, the features, the wire.
public final class Server implements AutoCloseable {
  /// All tables that the features use.
  public static final List<Table> TABLES =
      List.of(
          Conversation.TABLE,
          Log.MARKS,
          Mailings.TABLE,
          FanGroups.TABLE,
          Inbox.TABLE,
          Jobs.TABLE,
          Relations.TABLE,
          Users.TABLE,
          SiteTables.TABLE,
          Origin.TABLE);

  private static final Logger log = LoggerFactory.getLogger(Server.class);

  /// A job that does not move for so long is nobody's.
  private static final Duration OTHERS_JOBS = Duration.ofMinutes(5);

  private static final Duration DRAIN = Duration.ofMillis(100);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);

  private final DataDirectory data;
  private final Store store;
  private final Optional<Bus> bus;
  private final Push push;
  private final Checkpoints checkpoints;
  private final Jobs jobs;
  private final Retention retention;
  private final Meters meters;
  private final Farewell farewell;
  private final Optional<Certificate> certificate;
  private final com.linecorp.armeria.server.Server http;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private Optional<Rounds> rounds = Optional.empty();
  private volatile boolean started;

  /// What a server stands on.
  private record Ground(
      DataDirectory data,
      Store store,
      Optional<Bus> bus,
      Push push,
      Checkpoints checkpoints,
      Meters meters) {}

  private Server(Ground ground, Config config, InstantSource clock, Consumer<ServerBuilder> more) {
    this.data = ground.data();
    this.store = ground.store();
    this.bus = ground.bus();
    this.push = ground.push();
    this.checkpoints = ground.checkpoints();
    this.meters = ground.meters();
    this.certificate =
        config.addresses().certificate().map(location -> new Certificate(location, clock));
    this.jobs = new Jobs(store, meters.registry());
    this.retention = new Retention(store, jobs, config.retention());
    this.farewell = new Farewell(meters.registry());
    this.http = http(config, clock, more);
    if (config.readOnly()) {
      data.promiseNoChange();
      log.info("nothing can be changed: --read-only=true");
    } else {
      workInTheBackground(config);
    }
    this.started = true;
  }

  private void workInTheBackground(Config config) {
    jobs.resume();
    if (config.cassandra().isPresent()) {
      var _ = Thread.ofVirtual().name("jobs-of-others").start(this::takeOverJobs);
    }
    retention.start();
  }

  /// Starts a server; it answers when this returns.
  ///
  /// @throws UsageException when the configuration or the data directory does not allow it
  public static Server start(Config config, InstantSource clock) {
    return start(config, clock, _ -> {});
  }

  /// Starts a server that something more stands in front of, such as what a measurement needs.
  ///
  /// @throws UsageException when the configuration or the data directory does not allow it
  public static Server start(Config config, InstantSource clock, Consumer<ServerBuilder> more) {
    Meters meters = new Meters();
    Optional<Bus> bus = config.sharing().flatMap(sharing -> sharing.openBus(meters.registry()));
    DataDirectory data = DataDirectory.open(config.data());
    Others others = bus.<Others>map(known -> known).orElse(Others.NONE);
    Push push = new Push(config.watchers(), others, clock, meters.registry());
    Announcement.Listener listener = meters.countMessages(push);
    try {
      Stores.Open open = Stores.open(config, data, listener, clock, meters.registry());
      try {
        Checkpoints checkpoints = new Checkpoints(data.checkpoints(), open.checkpoint());
        Store store = config.readOnly() ? new ReadOnly(open.store()) : open.store();
        Ground ground = new Ground(data, store, bus, push, checkpoints, meters);
        return new Server(ground, config, clock, more);
      } catch (RuntimeException e) {
        open.store().close();
        throw e;
      }
    } catch (RuntimeException e) {
      push.close();
      bus.ifPresent(Bus::close);
      data.close();
      throw e;
    }
  }

  /// What each entity does when another tells it something.
  public static void apply(Partition entity, Event event) {
    switch ((Happening) event) {
      case MessageArrived e -> Inbox.arrived(entity, e);
      case MessageRecalled e -> Inbox.recalled(entity, e);
      case Read e -> Inbox.read(entity, e);
      case Expired e -> Inbox.expired(entity, e);
      case Removed e -> Inbox.removed(entity, e);
      case Mentioned e -> Inbox.mentioned(entity, e);
      case Joined e -> Inbox.joined(entity, e);
      case Left e -> Inbox.left(entity, e);
      case FollowChanged e -> Inbox.followChanged(entity, e);
      case StanceChanged e -> PrivateTalk.stanceChanged(entity, e);
      case RelationTurned e -> Relations.turned(entity, e);
      case MembershipChanged e -> Relations.membershipChanged(entity, e);
      case GroupLine e -> GroupTalk.line(entity, e);
      case Mailed e -> PrivateTalk.mailed(entity, e);
      case AutoReplied e -> PrivateTalk.autoReplied(entity, e);
    }
  }

  private com.linecorp.armeria.server.Server http(
      Config config, InstantSource clock, Consumer<ServerBuilder> more) {
    Optional<Sharing> sharing = config.sharing();
    Users users = new Users(store, sharing.map(Sharing::freshWithin));
    Relations relations = new Relations(store);
    FanGroups groups = new FanGroups(store, uid -> users.get(uid).getName(), config.node());
    Sessions sessions = new Sessions(store, GroupTalk::session, users::showsGroups);
    Clearing clearing = new Clearing(store, jobs, config.clearPromptAt());
    SiteTables site = new SiteTables(store);
    Messages.Rules rules =
        new Messages.Rules(
            new Content(config.imageHosts()),
            site,
            sharing.isPresent()
                ? Rates.shared(config.rates(), clock, sessions::sentOn)
                : new Rates(config.rates(), clock, sessions::sentOn),
            config.maintenance(),
            config.node());
    Messages messages = new Messages(store, users, relations, rules);

    Tokens tokens = new Tokens(data.tokenKey(), clock);
    Authenticator authenticator =
        new Authenticator(
            tokens,
            config.siteTokens().map(settings -> new SiteTokens(settings, clock)),
            users,
            data.adminToken(),
            clock);
    Calls calls =
        new Calls(
            authenticator,
            Executors.newVirtualThreadPerTaskExecutor(),
            config.calls(),
            new CallLog(meters.registry(), config.slowCall()),
            farewell);
    Kept kept = new Kept(messages, sessions, relations, groups, users);
    Accounts accounts = new Accounts(new Export(kept), new Erasure(kept, jobs));
    Features features = new Features(messages, sessions, clearing, relations, groups, users, site);
    Answers answers =
        Answers.of(features, push, calls::requireRoomForLarge, config.rates().burst() > 0, clock);
    sharing.ifPresent(others -> share(others, users, site, answers.watches()));
    ServerBuilder builder =
        com.linecorp.armeria.server.Server.builder()
            .meterRegistry(meters.registry())
            .gracefulShutdownTimeout(DRAIN, DRAIN_LIMIT)
            .verboseResponses(false)
            // of what was thrown only because a client went away, too; our handlers log faults
            .unloggedExceptionsReportInterval(Duration.ZERO);
    config.addresses().addTo(builder, certificate);
    config.connections().addTo(builder, meters.registry());
    RequestIds.addTo(builder);
    farewell.addTo(builder);
    new OperatorPages(authenticator, farewell, this::unready, this::remark, meters::text)
        .addTo(builder);
    AdminService admin = new AdminService(calls, features, tokens, accounts, checkpoints);
    GrpcApi.addTo(
        builder,
        calls,
        List.of(
            new ImInterfaceService(calls, answers),
            admin,
            new NotifyService(calls, answers.watches()),
            new LiveService(calls, answers)));
    JsonApi.addTo(builder, calls, admin);
    List<Route<?, ?>> routes = Routes.of(answers, users, clock);
    ImageApi images =
        new ImageApi(
            new Images(data.images(), config.images()),
            config.publicUrl(),
            config.connections().upload());
    WebApi web = new WebApi(calls, config.web());
    web.addTo(builder, routes);
    web.addTo(builder, images);
    web.addTo(builder, answers.watches());
    if (config.docs()) {
      builder.service("/docs/openapi.json", OpenApi.service(routes));
      builder.serviceUnder("/docs", new DocService());
    }
    if (config.page()) {
      ChatPage.addTo(builder);
    }
    more.accept(builder);
    AdminAddress adminAddress = new AdminAddress();
    if (config.addresses().admin().isPresent()) {
      builder.decorator(adminAddress);
    }
    com.linecorp.armeria.server.Server server = builder.build();
    server.start().join();
    adminAddress.open(ports(server).getLast());
    return server;
  }

  /// Learns what other servers do on the same store.
  private void share(Sharing sharing, Users users, SiteTables site, Watches watches) {
    Rounds around = new Rounds(push, watches, site, sharing.freshWithin());
    rounds = Optional.of(around);
    bus.ifPresent(known -> known.connect(new Hearing(push, users, site, around)));
  }

  /// The ports that a server listens on, in the order in which it was told of them.
  private static List<Integer> ports(com.linecorp.armeria.server.Server server) {
    return server.activePorts().keySet().stream().map(InetSocketAddress::getPort).toList();
  }

  /// The port that the server listens on.
  public int port() {
    return ports().getFirst();
  }

  /// All ports that the server listens on: the main one, then those that the configuration has of
  /// the one for cleartext and the one for the site.
  List<Integer> ports() {
    return ports(http);
  }

  /// What admin calls must carry.
  public String adminToken() {
    return data.adminToken();
  }

  /// How many streams of live push are open.
  int watchers() {
    return push.watchers();
  }

  /// What the server counts of itself.
  MeterRegistry meters() {
    return meters.registry();
  }

  /// Goes on with jobs of servers that are no more, as long as this one runs.
  private void takeOverJobs() {
    try {
      while (!stopped.await(OTHERS_JOBS.toSeconds(), TimeUnit.SECONDS)) {
        try {
          jobs.takeOver();
        } catch (RuntimeException e) {
          log.warn("jobs of other servers were not looked at, to be tried again", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Why it takes no writes now; empty: it does.
  private Optional<String> unready() {
    if (farewell.begun()) {
      return Optional.of("stopping");
    }
    if (!store.writable()) {
      return Optional.of("read-only, the log says why");
    }
    return started ? Optional.empty() : Optional.of("starting");
  }

  /// What is not as it should be though it takes writes.
  private Optional<String> remark() {
    return bus.filter(Bus::isAway).map(_ -> "the bus is away");
  }

  /// What removes old messages.
  Retention retention() {
    return retention;
  }

  /// Answers what was accepted, then stops. What goes on in the background goes on at the next
  /// start.
  @Override
  public void close() {
    farewell.begin();
    stopped.countDown();
    retention.close();
    jobs.close();
    rounds.ifPresent(Rounds::close);
    push.close();
    farewell.take(DRAIN_LIMIT);
    farewell.end(http.stop());
    checkpoints.close();
    bus.ifPresent(Bus::close);
    certificate.ifPresent(Certificate::close);
    store.close();
    data.close();
  }
}
