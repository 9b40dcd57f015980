package jp.sekisho.server.grant;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table {@code grant_review}; nobody else writes it. Thread-safe. */
final class ReviewRepository {
  private static final String TABLE = "grant_review";
  private static final String SELECT =
      "select id, grant_id, organ, step, represented, decider, decided, reviewed, reviewed_by,"
          + " entry_id, mac from grant_review";

  private final RowSeal seal;

  ReviewRepository(RowSeal seal) {
    this.seal = seal;
  }

  /**
   * Those of an exception, oldest first.
   *
   * @throws TamperedException when one was edited or put back; so do the others
   */
  List<Review> of(Handle handle, String grant) {
    return handle
        .createQuery(SELECT + " where grant_id = :grant order by decided, id")
        .bind("grant", grant)
        .map((row, _) -> read(handle, row))
        .list();
  }

  /** Those of an organ that nobody entitled has looked at, oldest first. */
  List<Review> open(Handle handle, String organ, int most) {
    return handle
        .createQuery(
            SELECT + " where organ = :organ and reviewed is null order by decided, id limit :most")
        .bind("organ", organ)
        .bind("most", most)
        .map((row, _) -> read(handle, row))
        .list();
  }

  void insert(Change change, EntryReceipt entry, Review review) {
    change
        .handle()
        .execute(
            "insert into grant_review (id, grant_id, organ, step, represented, decider, decided,"
                + " entry_id, mac) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            review.id(),
            review.grant(),
            review.organ(),
            review.step(),
            review.represented(),
            review.decider(),
            review.decided().toEpochMilli(),
            entry.entryId(),
            seal.sealNewest(change, entry, TABLE, key(review), columns(review)));
  }

  void update(Change change, EntryReceipt entry, Review review) {
    Instant reviewed = review.reviewed();
    int updated =
        change
            .handle()
            .execute(
                "update grant_review set reviewed = ?, reviewed_by = ?, entry_id = ?, mac = ?"
                    + " where id = ?",
                reviewed == null ? null : reviewed.toEpochMilli(),
                review.reviewedBy(),
                entry.entryId(),
                seal.sealNewest(change, entry, TABLE, key(review), columns(review)),
                review.id());
    if (updated != 1) {
      throw new IllegalStateException("the row of a review is gone");
    }
  }

  private Review read(Handle handle, ResultSet row) throws SQLException {
    long reviewed = row.getLong("reviewed");
    Instant at = row.wasNull() ? null : Instant.ofEpochMilli(reviewed);
    Review review =
        new Review(
            row.getString("id"),
            row.getString("grant_id"),
            row.getString("organ"),
            row.getString("step"),
            row.getString("represented"),
            row.getString("decider"),
            Instant.ofEpochMilli(row.getLong("decided")),
            at,
            row.getString("reviewed_by"));
    if (!seal.verifyNewest(
        handle,
        row.getBytes("mac"),
        TABLE,
        key(review),
        row.getBytes("entry_id"),
        columns(review))) {
      throw new TamperedException(TABLE, review.id());
    }
    return review;
  }

  private static byte[] key(Review review) {
    return review.id().getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable Object[] columns(Review review) {
    return new @Nullable Object[] {
      review.id(),
      review.grant(),
      review.organ(),
      review.step(),
      review.represented(),
      review.decider(),
      review.decided(),
      review.reviewed(),
      review.reviewedBy()
    };
  }
}
