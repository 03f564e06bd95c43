package dev.sixin.backup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;

/// The database as it was at one moment, held for who copies it: a directory of links to files that
/// are never changed. It costs nothing but the room of files that would have been deleted
/// meanwhile. There is one at a time, for nobody may have come to drop the one before.
public final class Checkpoints implements AutoCloseable {
  private final Path folder;
  private final Consumer<Path> maker;
  private String held;

  /// @param folder where they are; on the file system of the database
  /// @param maker puts the database as it is now into a directory that is not there yet
  public Checkpoints(Path folder, Consumer<Path> maker) {
    this.folder = folder;
    this.maker = maker;
    clear();
  }

  /// Makes a checkpoint in place of the one before, if there is one.
  ///
  /// @return the name of its directory
  public synchronized String make() {
    clear();
    String name = UUID.randomUUID().toString();
    maker.accept(folder.resolve(name));
    held = name;
    return name;
  }

  /// Where a checkpoint is.
  public Path path(String name) {
    return folder.resolve(name);
  }

  /// Lets go of a checkpoint.
  ///
  /// @return false when it is not held any more
  public synchronized boolean drop(String name) {
    if (!name.equals(held)) {
      return false;
    }
    clear();
    return true;
  }

  private void clear() {
    held = null;
    try {
      Disk.makeDirectory(folder);
      Disk.deleteContents(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    clear();
  }
}
