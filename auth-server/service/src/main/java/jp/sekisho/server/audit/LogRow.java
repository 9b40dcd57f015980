package jp.sekisho.server.audit;

import jp.sekisho.protocol.event.Entry;

/** An integrated entry as found in the database. */
public sealed interface LogRow {
  /** Its place in the log, from 0. */
  long index();

  /** As it was integrated. */
  record Intact(long index, Entry entry) implements LogRow {}

  /** Edited in the database, or missing from it: nothing of it is shown. */
  record Tampered(long index) implements LogRow {}
}
