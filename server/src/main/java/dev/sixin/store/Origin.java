package dev.sixin.store;

/// Where what a store holds was brought from. It stands in the store itself, as its only row of
/// [#TABLE].
///
/// @param source whose rows they are; empty: they came to be here
/// @param micros no change of this store has an earlier time: those of the source had
/// @param whole whether all of it is here; else nobody is to use the store yet
public record Origin(String source, long micros, boolean whole) {
  /// Where it stands.
  public static final Table TABLE = Table.of("origin");

  /// Of the store itself, whatever else it is used for.
  private static final Key ENTITY = Key.of(0);

  private static final Key ROW = Key.EMPTY;
  private static final Origin HERE = new Origin("", 0, true);

  /// What a store says.
  public static Origin of(Store store) {
    byte[] value = store.rows(ENTITY).get(TABLE, ROW);
    if (value == null) {
      return HERE;
    }
    Key stored = Key.of(value);
    return new Origin(stored.textAt(1 + Long.BYTES), stored.u64At(1), stored.u8At(0) == 1);
  }

  /// Has a store say so from now on. Its times follow when it is opened next.
  public void put(Store store) {
    byte[] value = Key.of(whole ? 1 : 0).u64(micros).text(source).bytes();
    Void _ =
        Bulk.await(
            store.transact(
                ENTITY,
                rows -> {
                  rows.put(TABLE, ROW, value);
                  return null;
                }));
  }
}
