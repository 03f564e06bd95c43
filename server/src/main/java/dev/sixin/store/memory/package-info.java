/// The engine for tests: sorted maps, nothing on disk, one transaction at a time.
package dev.sixin.store.memory;
