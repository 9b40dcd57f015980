package jp.sekisho.server.authn;

import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.server.listener.RefusalCounter;
import jp.sekisho.server.storage.Transactions;

/**
 * Counts refusals that nobody authenticated stands behind, per source, reason and minute, and
 * writes one entry for each: every refusal is in the log, and nobody can fill it.
 *
 * <p>A source stands in the log as a keyed hash of its address, so entries of one source can be put
 * together without naming it. Over {@value #MOST} different counts a minute the further ones are
 * put together under the source {@value #OTHERS}. Counts live in memory until {@link #flush}; a
 * killed process loses those of at most its last minute. Thread-safe.
 */
public final class RefusalTally implements RefusalCounter {
  static final int MOST = 1_000;
  static final String OTHERS = "others";

  private static final String ALGORITHM = "HmacSHA256";

  private final Transactions transactions;
  private final InstantSource clock;
  private final SecretKeySpec key;
  private final Map<Count, Long> counts = new HashMap<>(); // guarded by this

  private record Count(String source, Refusal reason, Instant minute) {}

  /**
   * @param sourceKey 32 bytes from {@code keys/source-hash.key}, copied
   */
  public RefusalTally(Transactions transactions, InstantSource clock, byte[] sourceKey) {
    this.transactions = transactions;
    this.clock = clock;
    this.key = new SecretKeySpec(sourceKey, ALGORITHM);
  }

  @Override
  public void count(InetAddress source, Refusal reason) {
    String name = name(source);
    Instant minute = clock.instant().truncatedTo(ChronoUnit.MINUTES);
    synchronized (this) {
      Count count = new Count(name, reason, minute);
      boolean full = counts.size() >= MOST && !counts.containsKey(count);
      counts.merge(full ? new Count(OTHERS, reason, minute) : count, 1L, Long::sum);
    }
  }

  /** Writes the counts of minutes that are over; on a failure they stay for the next time. */
  public void flush() {
    write(clock.instant().truncatedTo(ChronoUnit.MINUTES));
  }

  /** Writes all counts, before the process ends. */
  public void flushAll() {
    write(Instant.MAX);
  }

  private void write(Instant before) {
    Map<Count, Long> over = new HashMap<>();
    synchronized (this) {
      counts.forEach((count, number) -> {
        if (count.minute().isBefore(before)) {
          over.put(count, number);
        }
      });
    }
    if (over.isEmpty()) {
      return;
    }
    transactions.write(change -> {
      over.forEach((count, number) ->
          change.record(
              Entry.Subject.NONE,
              new LoginEvent.RefusedAnonymously(
                  count.source(), count.minute().toString(), number, count.reason())));
      return null;
    });
    synchronized (this) {
      // Counted again meanwhile: only flushAll meets that, the rest is written next time.
      over.forEach((count, number) ->
          counts.computeIfPresent(count, (same, now) -> now > number ? now - number : null));
    }
  }

  private String name(InetAddress source) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return Base64Url.encode(Arrays.copyOf(mac.doFinal(source.getAddress()), 12));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
