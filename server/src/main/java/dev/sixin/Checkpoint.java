package dev.sixin;

import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.admin.v1.AdminGrpc.AdminBlockingStub;
import dev.sixin.admin.v1.DropCheckpointRequest;
import dev.sixin.admin.v1.MakeCheckpointRequest;
import dev.sixin.backup.Checkpoints;
import dev.sixin.store.rocksdb.RocksStore;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The database of a data directory as it was at one moment, held until this is closed, also by an
/// end of the process that a signal asks for.
///
/// @param path the directory with its files
/// @param letGo ends it
record Checkpoint(Path path, Runnable letGo, Thread hook) implements AutoCloseable {
  /// Makes a checkpoint: by way of the server that uses the directory, or else without one.
  ///
  /// @throws Failure when the server does not make one
  static Checkpoint of(Path data, String server) {
    return DataDirectory.isInUse(data) ? running(data, server) : stopped(data);
  }

  private static Checkpoint held(Path path, Runnable letGo) {
    Thread hook = Thread.ofPlatform().unstarted(letGo);
    Runtime.getRuntime().addShutdownHook(hook);
    return new Checkpoint(path, letGo, hook);
  }

  private static Checkpoint running(Path data, String server) {
    AdminBlockingStub admin =
        GrpcClients.builder("gproto+" + server)
            .setHeader("authorization", "Bearer " + DataDirectory.adminToken(data))
            .responseTimeoutMillis(0) // it writes what is in memory
            .build(AdminBlockingStub.class);
    String name;
    try {
      name = admin.makeCheckpoint(MakeCheckpointRequest.getDefaultInstance()).getName();
    } catch (StatusRuntimeException e) {
      throw new Failure(
          "%s is in use, and the server at %s makes no checkpoint of it: %s (--server says where)"
              .formatted(data, server, reason(e)));
    }
    Checkpoint checkpoint =
        held(
            data.resolve("checkpoints").resolve(name),
            () -> {
              var _ =
                  admin.dropCheckpoint(DropCheckpointRequest.newBuilder().setName(name).build());
            });
    if (!Files.isDirectory(checkpoint.path())) {
      checkpoint.close();
      throw new Failure(
          "the server at %s does not use %s (--server says where the one is that does)"
              .formatted(server, data));
    }
    return checkpoint;
  }

  private static String reason(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case UNAVAILABLE -> "it does not answer, or can not write";
      case UNAUTHENTICATED -> "it has another admin token";
      default -> e.getStatus().toString();
    };
  }

  private static Checkpoint stopped(Path path) {
    DataDirectory data = DataDirectory.existing(path);
    try {
      RocksStore store = Stores.embedded(data.store());
      try {
        Checkpoints checkpoints = new Checkpoints(data.checkpoints(), store::checkpoint);
        Path made = checkpoints.path(checkpoints.make());
        return held(
            made,
            () -> {
              checkpoints.close();
              store.close();
              data.close();
            });
      } catch (RuntimeException e) {
        store.close();
        throw e;
      }
    } catch (RuntimeException e) {
      data.close();
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // it is being run
    }
    letGo.run();
  }
}
