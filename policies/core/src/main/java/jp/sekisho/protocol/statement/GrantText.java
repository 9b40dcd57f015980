package jp.sekisho.protocol.statement;

import java.util.Optional;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;

/** What an approver's card approves: one exception, or a series of them. */
public sealed interface GrantText permits ExportGrant, GrantSeries {
  /** The bytes whose hash is approved. */
  byte[] bytes();

  /** What an approval's card statement must have as its detail. */
  default String detail() {
    return Sha256.text(bytes());
  }

  /** The one exception called {@code grant} that this text allows; empty when it allows none. */
  Optional<ExportGrant> allows(String grant);

  /** The text whose bytes are exactly {@code bytes}, of whichever kind its first line names. */
  static GrantText parse(byte[] bytes) throws MalformedException {
    return GrantSeries.isOne(bytes) ? GrantSeries.parse(bytes) : ExportGrant.parse(bytes);
  }
}
