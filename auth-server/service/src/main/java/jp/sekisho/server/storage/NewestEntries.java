package jp.sekisho.server.storage;

import org.jdbi.v3.core.Handle;

/** Knows of each named row which entry of the log is the newest about it. Thread-safe. */
@FunctionalInterface
public interface NewestEntries {
  /**
   * Whether no newer entry about the row is known than the one it carries.
   *
   * @param handle the one by which the row was read: what is newer there is seen there
   * @param row as {@link RowSeal#name} says it
   * @param inUnit whether a unit asks, which no other runs beside
   */
  boolean isNewest(Handle handle, String row, byte[] entryId, boolean inUnit);
}
