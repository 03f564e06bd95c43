package dev.sixin.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Commands;
import dev.sixin.bench.cluster.CassandraNode.Sync;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What the command line makes of what it is given; a cluster that runs is tried where changes are
/// landed.
class ClusterCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path temporary;
  private Path folder;

  @BeforeEach
  void noFolderYet() {
    folder = temporary.resolve("cluster");
  }

  private int run(String... args) {
    CommandLine commands =
        new CommandLine(new ClusterCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));
    return Commands.run(commands, args);
  }

  @Test
  void withoutACluster_thereIsNothingToAskOrToKill_andDownIsDone() {
    assertThat(run("status", "--dir", folder.toString())).isEqualTo(2);
    assertThat(run("kill", "2", "--dir", folder.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("no cluster (expected: one that was brought up there)");
    assertThat(run("down", "--dir", folder.toString())).isZero();
  }

  @Test
  void aFolderThatIsNoCluster_isNotRemoved_andNotTaken() throws IOException {
    Path other = Files.createDirectory(folder);
    Path precious = Files.writeString(other.resolve("precious"), "x");
    assertThat(run("down", "--dir", other.toString())).isEqualTo(2);
    assertThat(run("status", "--dir", other.toString())).isEqualTo(2);
    assertThat(precious).exists();
  }

  @Test
  void aClusterThatIsDown_isSaidToBe_andItsPartsAreKnownByName() {
    Cluster cluster = Cluster.create(folder, 3, Sync.BATCH, true, 2);
    assertThat(cluster.parts()).hasSize(6);
    assertThat(run("status", "--dir", folder.toString())).isEqualTo(1);
    assertThat(out.toString().lines())
        .hasSize(6)
        .allMatch(line -> line.contains(" down "))
        .anyMatch(line -> line.contains("node 3"))
        .anyMatch(line -> line.contains("bus"))
        .anyMatch(line -> line.contains("server-2"));

    assertThat(run("kill", "3", "--dir", folder.toString())).isZero();
    assertThat(run("kill", "bus", "--dir", folder.toString())).isZero();
    assertThat(run("kill", "4", "--dir", folder.toString())).isEqualTo(2);
    assertThat(run("kill", "../x", "--dir", folder.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains("4: no part of the cluster (expected: 1 to 3 for a node, bus, server-1 to -2)");
    assertThat(run("down", "--dir", folder.toString())).isZero();
    assertThat(folder).doesNotExist();
  }

  @Test
  void nodes_areEvenlySpread_andKnowEachOther() throws IOException {
    var _ = Cluster.create(folder, 3, Sync.PERIODIC, false, 0);
    String second = Files.readString(folder.resolve("node-2/conf/cassandra.yaml"));
    assertThat(second)
        .contains("listen_address: 127.0.0.2\n")
        .contains("seeds: \"127.0.0.1,127.0.0.2,127.0.0.3\"")
        .contains("initial_token: -3074457345618258603\n")
        .contains("commitlog_sync: periodic\ncommitlog_sync_period: 10s\n")
        .contains(folder.resolve("node-2/data").toString())
        .doesNotContain("@");
  }

  @Test
  void numbersOutOfBounds_areUsageErrors() {
    assertThat(run("up", "--nodes", "0", "--dir", folder.toString())).isEqualTo(2);
    assertThat(run("up", "--servers", "10", "--dir", folder.toString())).isEqualTo(2);
    assertThat(run()).isEqualTo(2);
    assertThat(folder).doesNotExist();
  }
}
