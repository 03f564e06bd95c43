package dev.sixin;

import dev.sixin.api.Calls;
import dev.sixin.api.Connections;
import dev.sixin.api.web.WebApi;
import dev.sixin.image.Images;
import dev.sixin.message.Rates;
import dev.sixin.message.Retention;
import dev.sixin.push.Push;
import dev.sixin.store.cassandra.CassandraStore;
import dev.sixin.store.rocksdb.RocksStore;
import dev.sixin.token.SiteTokens;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;

/// Everything that a server can be told, checked. [Options] says what each part means.
public record Config(
    Addresses addresses,
    Path data,
    boolean docs,
    boolean page,
    int node,
    boolean maintenance,
    boolean readOnly,
    Rates.Limits rates,
    Set<String> imageHosts,
    Optional<String> publicUrl,
    Images.Limits images,
    int clearPromptAt,
    Optional<SiteTokens.Settings> siteTokens,
    WebApi.Settings web,
    Connections connections,
    Calls.Limits calls,
    Push.Limits watchers,
    RocksStore.Limits storeLimits,
    Optional<CassandraStore.Place> cassandra,
    Optional<Sharing> sharing,
    Retention.Limits retention,
    Duration slowCall) {
  /// The configuration that options of the command line say, such as `--port=0`.
  public static Config of(String... options) {
    Options parsed = new Options();
    new CommandLine(parsed).parseArgs(options);
    return parsed.config();
  }
}
