package dev.sixin.bench.cluster;

import dev.sixin.Failure;
import dev.sixin.bench.ChildServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A Sixin server on the cluster's nodes and its bus.
public final class SixinServer implements Part {
  private static final int FIRST_PORT = 8081;
  private static final int ASK_MILLIS = 2_000;

  /// What the servers of a site have in common: whoever has a token of one has one of all.
  private static final List<String> SECRETS = List.of("format", "token.key", "admin.token");

  private final Daemon daemon;
  private final int number;
  private final int nodes;
  private List<String> options = List.of();
  private Map<String, String> environment = Map.of();

  /// @param number 1 and up
  /// @param nodes how many nodes there are
  SixinServer(Path folder, int number, int nodes) {
    this.daemon = new Daemon("server-" + number, folder);
    this.number = number;
    this.nodes = nodes;
  }

  @Override
  public Daemon daemon() {
    return daemon;
  }

  /// Its data directory.
  public Path data() {
    return daemon.folder().resolve("data");
  }

  /// Where it answers.
  public URI uri() {
    return URI.create("http://127.0.0.1:" + (FIRST_PORT + number - 1));
  }

  /// Has it start with more options and variables from now on.
  public void startWith(List<String> moreOptions, Map<String, String> variables) {
    options = moreOptions;
    environment = variables;
  }

  /// Takes the secrets of a server that was started before.
  void knowAs(SixinServer other) {
    try {
      Files.createDirectories(data());
      for (String secret : SECRETS) {
        Files.copy(
            other.data().resolve(secret),
            data().resolve(secret),
            StandardCopyOption.COPY_ATTRIBUTES,
            StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new Failure("%s: %s".formatted(data(), e.getMessage()));
    }
  }

  @Override
  public void start() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "serve",
                "--port=" + uri().getPort(),
                "--data=" + data(),
                "--node=" + number,
                "--store=cassandra",
                "--contact-points=" + CassandraNode.contactPoints(nodes),
                "--datacenter=dc1",
                "--keyspace=sixin",
                "--replication=" + nodes,
                "--bus=" + Bus.url()));
    arguments.addAll(options);
    daemon.start(
        ChildServer.command("dev.sixin.Main", arguments.toArray(String[]::new)).command(),
        environment);
  }

  @Override
  public Optional<String> answer() {
    if (!daemon.isAlive()) {
      return Optional.empty();
    }
    try {
      HttpURLConnection question =
          (HttpURLConnection) uri().resolve("/readyz").toURL().openConnection();
      question.setConnectTimeout(ASK_MILLIS);
      question.setReadTimeout(ASK_MILLIS);
      return question.getResponseCode() == HttpURLConnection.HTTP_OK
          ? Optional.of("%s, secrets in %s".formatted(uri(), data()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // nobody there, or not yet
    }
  }
}
