package jp.sekisho.server.storage;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import jp.sekisho.protocol.Base64Url;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The MAC of a security row: HMAC-SHA256, under a key outside the database, over the table's name,
 * the id of the audit entry written in the same transaction and every security column in a fixed
 * order. Thread-safe.
 *
 * <p>It shows that the row was written by this service and not edited since. It does not show that
 * a row is missing, nor that an older state of the <em>same</em> row was put back; rows of which
 * that matters are sealed by {@link #sealNewest}, which writes into the log which entry is the
 * newest about them, and read by {@link #verifyNewest}, which compares (ADR 0041).
 *
 * <p>Encoding, unambiguous: {@code "sekisho/row/v1"}, table, entry id, number of columns (u32),
 * then per column a type byte ({@code n s i b t y}) and its value; texts and bytes are preceded by
 * their length (u32), integers and times (milliseconds UTC) are 8 bytes.
 */
public final class RowSeal {
  /** Length of the key in bytes. */
  public static final int KEY_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";
  private static final int NAME_BYTES = 12;

  private final SecretKeySpec secret;

  /**
   * Making one costs more than a MAC; one that has given its value is new again. Not one for each
   * thread: a request has a thread of its own.
   */
  private final Queue<Mac> idle = new ConcurrentLinkedQueue<>();

  private volatile NewestEntries newest = (handle, row, entryId, inUnit) -> true;

  /**
   * @param key 32 bytes, copied
   */
  public RowSeal(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("the key of row seals has " + KEY_BYTES + " bytes");
    }
    secret = new SecretKeySpec(key, ALGORITHM);
  }

  private static Mac mac(SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /**
   * The MAC of a row.
   *
   * @param table name of the table
   * @param entry the entry recorded in the same transaction; its id is the row's {@code entry_id}
   * @param securityColumns values in the order the table's repository fixes: text, integers, {@code
   *     Boolean}, {@code Instant}, {@code byte[]} or null
   * @return 32 bytes
   */
  public byte[] seal(String table, EntryReceipt entry, @Nullable Object... securityColumns) {
    return mac(table, entry.entryId(), securityColumns);
  }

  /**
   * Whether {@code mac} is the seal of a row as read, in constant time; never throws for its value.
   */
  public boolean verify(
      byte[] mac, String table, byte[] entryId, @Nullable Object... securityColumns) {
    return MessageDigest.isEqual(mac, mac(table, entryId, securityColumns));
  }

  /** From now on compares rows with the log; the log's own opening calls this. */
  public void compareWith(NewestEntries newest) {
    this.newest = newest;
  }

  /**
   * The MAC of a row as {@link #seal}, and the log knows from the COMMIT on that {@code entry} is
   * the newest about it.
   *
   * @param key what tells the row from all others of its table, for its life
   */
  public byte[] sealNewest(
      Change change,
      EntryReceipt entry,
      String table,
      byte[] key,
      @Nullable Object... securityColumns) {
    change.wrote(entry, name(table, key));
    return seal(table, entry, securityColumns);
  }

  /**
   * Whether {@code mac} is the seal of a row as read, and the row's entry the newest about it.
   *
   * @param handle the one by which the row was read
   * @throws StorageException when the log cannot be read
   */
  public boolean verifyNewest(
      Handle handle,
      byte[] mac,
      String table,
      byte[] key,
      byte[] entryId,
      @Nullable Object... securityColumns) {
    return verify(mac, table, entryId, securityColumns)
        && isNewest(handle, name(table, key), entryId);
  }

  /**
   * Whether an entry is the newest about a row.
   *
   * @param row as {@link #name} says it
   */
  public boolean isNewest(Handle handle, String row, byte[] entryId) {
    return newest.isNewest(handle, row, entryId, UnitScope.isInside());
  }

  /**
   * How entries name a row: the table and a keyed hash of its key, so that a log that is given away
   * tells nothing about keys of rows.
   */
  public String name(String table, byte[] key) {
    byte[] hash = mac("sekisho/row-name/v1", key, new Object[] {table});
    return table + "/" + Base64Url.encode(Arrays.copyOf(hash, NAME_BYTES));
  }

  private byte[] mac(String table, byte[] entryId, @Nullable Object[] columns) {
    byte[] text = encode(table, entryId, columns);
    Mac known = idle.poll();
    Mac mac = known == null ? mac(secret) : known;
    byte[] value = mac.doFinal(text);
    idle.add(mac);
    return value;
  }

  private static byte[] encode(String table, byte[] entryId, @Nullable Object[] columns) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      block(out, "sekisho/row/v1".getBytes(StandardCharsets.US_ASCII));
      block(out, table.getBytes(StandardCharsets.UTF_8));
      block(out, entryId);
      out.writeInt(columns.length);
      for (Object column : columns) {
        column(out, column);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void column(DataOutputStream out, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeByte('n');
      case String text -> {
        out.writeByte('s');
        block(out, text.getBytes(StandardCharsets.UTF_8));
      }
      case Long number -> integer(out, number);
      case Integer number -> integer(out, number);
      case Boolean truth -> {
        out.writeByte('b');
        out.writeByte(truth ? 1 : 0);
      }
      case Instant time -> {
        out.writeByte('t');
        out.writeLong(time.toEpochMilli());
      }
      case byte[] blob -> {
        out.writeByte('y');
        block(out, blob);
      }
      default ->
          throw new IllegalArgumentException("no seal over a " + value.getClass().getSimpleName());
    }
  }

  private static void integer(DataOutputStream out, long number) throws IOException {
    out.writeByte('i');
    out.writeLong(number);
  }

  private static void block(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  @Override
  public String toString() {
    return "RowSeal[***]";
  }
}
