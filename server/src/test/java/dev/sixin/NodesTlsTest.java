package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.store.StoreUnavailable;
import dev.sixin.store.cassandra.CassandraNode;
import dev.sixin.store.cassandra.CutOff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// A server whose nodes speak TLS: a node with something before it that does.
@Tag("cassandra")
@EnabledIfSystemProperty(named = CassandraNode.PROPERTY, matches = ".+")
class NodesTlsTest {
  @TempDir private Path directory;

  private static CutOff shown(Pem pem) throws IOException {
    return new CutOff(CassandraNode.onlyAddress(), pem.server().getServerSocketFactory());
  }

  private TestServer server(CutOff line, Pem trusted) throws IOException {
    Path authority = Files.writeString(directory.resolve("ca.pem"), trusted.certificate());
    return TestServer.start(
        "--contact-points=127.0.0.1:" + line.address().getPort(),
        "--store-tls=true",
        "--store-ca=" + authority);
  }

  @Test
  void nodesThatAreTrusted_areUsed() throws IOException {
    Pem pem = Pem.make();
    try (CutOff line = shown(pem);
        TestServer server = server(line, pem)) {
      Person ann = Person.on(server);
      Person bob = Person.on(server);
      server.friends(ann.uid(), bob.uid());
      ann.says(bob, "by TLS");

      assertThat(bob.history(ann)).hasSize(1);
    }
  }

  @Test
  void nodesThatLeadToAnotherAuthority_orHaveAnotherName_areNot() throws IOException {
    Pem here = Pem.make();
    Pem elsewhere = Pem.of("dns:nodes.example");

    try (CutOff line = shown(here)) {
      assertThatThrownBy(() -> server(line, elsewhere)).isInstanceOf(StoreUnavailable.class);
    }
    try (CutOff line = shown(elsewhere)) {
      assertThatThrownBy(() -> server(line, elsewhere)).isInstanceOf(StoreUnavailable.class);
    }
  }
}
