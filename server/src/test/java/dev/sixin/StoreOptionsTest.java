package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sixin.store.cassandra.CassandraStore.Place;
import dev.sixin.store.rocksdb.RocksStore;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What everything is kept in, as the options say.
class StoreOptionsTest {
  private static final String CASSANDRA = "--store=cassandra";
  private static final String POINTS = "--contact-points=h1:9042,h2";
  private static final String DATACENTER = "--datacenter=dc1";

  @Test
  void withoutOptions_itIsTheDataDirectory() {
    assertThat(Config.of().cassandra()).isEmpty();
    assertThat(Config.of("--store=rocksdb").cassandra()).isEmpty();
  }

  @Test
  void cachesAreAsLargeAsTheOptionsSay() {
    RocksStore.Limits limits =
        Config.of("--store-row-cache=3", "--store-block-cache=400").storeLimits();

    assertThat(limits.rowCacheBytes()).isEqualTo(3L << 20);
    assertThat(limits.blockCacheBytes()).isEqualTo(400L << 20);
    assertThat(Config.of().storeLimits().blockCacheBytes())
        .isEqualTo(RocksStore.Limits.DEFAULT.blockCacheBytes());
  }

  @Test
  void cassandra_isFoundAtItsContactPoints() {
    Place place = Config.of(CASSANDRA, POINTS, DATACENTER).cassandra().orElseThrow();

    assertThat(place.contactPoints())
        .extracting(InetSocketAddress::getHostString, InetSocketAddress::getPort)
        .containsExactly(tuple("h1", 9_042), tuple("h2", 9_042));
    assertThat(place.datacenter()).isEqualTo("dc1");
    assertThat(place.keyspace()).isEqualTo("sixin");
    assertThat(place.replication()).isEqualTo(3);
    assertThat(place.login()).isEmpty();
    assertThat(place.tls()).isEmpty();
  }

  @Test
  void aPassword_isInNothingThatIsPrinted() {
    Place place =
        Config.of(CASSANDRA, POINTS, DATACENTER, "--store-user=sixin", "--store-password=geheim")
            .cassandra()
            .orElseThrow();

    assertThat(place.login().orElseThrow().password()).isEqualTo("geheim");
    assertThat(place.toString()).contains("sixin").doesNotContain("geheim");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --store=cassandra --datacenter=dc1 | --contact-points
          --store=cassandra --contact-points=h1 | --datacenter
          --store=cassandra --contact-points=h1:x --datacenter=dc1 | h1:x
          --store=cassandra --contact-points=:9042 --datacenter=dc1 | :9042
          --store=cassandra --contact-points=h1:70000 --datacenter=dc1 | h1:70000
          --store=cassandra --contact-points=h1 --datacenter=a'b | --datacenter
          --store=cassandra --contact-points=h1 --datacenter=dc1 --keyspace=Ab | --keyspace: Ab
          --store=cassandra --contact-points=h1 --datacenter=dc1 --replication=0 | --replication
          --store=cassandra --contact-points=h1 --datacenter=dc1 --store-user=me | --store-password
          --contact-points=h1 | --store cassandra
          --store-queue=0 | --store-queue
          --store-block-cache=7 | --store-block-cache: 7
          """)
  void whatDoesNotFit_isRefused(String options, String named) {
    assertThatThrownBy(() -> Config.of(options.split(" ")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(named);
  }

  @Test
  void authoritiesThatAreNone_areRefused() {
    assertThatThrownBy(
            () ->
                Config.of(
                    CASSANDRA,
                    POINTS,
                    DATACENTER,
                    "--store-tls=true",
                    "--store-ca=" + Path.of("no", "such.pem")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--store-ca: no/such.pem");
  }
}
