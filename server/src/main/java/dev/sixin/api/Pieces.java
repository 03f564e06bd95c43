package dev.sixin.api;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// An answer in pieces: a new one is handed over when the one before is on its way, so that a slow
/// caller costs no memory.
final class Pieces<T> {
  private static final long LOOK_AGAIN_SECONDS = 1;

  private final ServerCallStreamObserver<T> out;
  private final Lock lock = new ReentrantLock();
  private final Condition turned = lock.newCondition();

  /// To be made before the call's handler returns.
  Pieces(ServerCallStreamObserver<T> out) {
    this.out = out;
    out.setOnReadyHandler(this::turn);
    out.setOnCancelHandler(this::turn);
  }

  private void turn() {
    lock.lock();
    try {
      turned.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Hands over one piece; waits until the caller is ready for it.
  ///
  /// @throws CancellationException when the caller has gone away
  void send(T piece) {
    lock.lock();
    try {
      while (!out.isReady() && !out.isCancelled()) {
        boolean _ = turned.await(LOOK_AGAIN_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    } finally {
      lock.unlock();
    }
    if (out.isCancelled()) {
      throw new CancellationException("the caller went away");
    }
    out.onNext(piece);
  }
}
