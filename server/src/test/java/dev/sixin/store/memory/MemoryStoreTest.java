package dev.sixin.store.memory;

import dev.sixin.store.AtomicStoreContract;
import dev.sixin.store.Store;
import dev.sixin.store.StoreContract;

class MemoryStoreTest extends AtomicStoreContract {
  @Override
  protected Store open() {
    return new MemoryStore(StoreContract::handle, announced::addAll, clock);
  }

  @Override
  protected void discard() {}
}
