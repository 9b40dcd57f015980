package jp.sekisho.server.emergency;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.SealedRows;
import org.jdbi.v3.core.Handle;

/**
 * Since when an organ has emergencies that nobody reported and confirmed: their entries are still
 * needed. Decided by what the rows' seals vouch for. Thread-safe.
 */
public final class OpenEmergencies {
  private final EmergencyRepository cases;

  public OpenEmergencies(RowSeal seal) {
    this.cases = new EmergencyRepository(seal);
  }

  /**
   * When the oldest of them was opened, by its terminal's clock: its entries reach back to before
   * their arrival by what the terminal was offline. Where that clock ran ahead, when this service
   * heard of it. Empty when none is open. A row that was edited may be of any organ and any time,
   * so with one nothing is old enough.
   */
  public Optional<Instant> since(Handle handle, String organ) {
    SealedRows<EmergencyCase> open = cases.unconfirmed(handle, organ, Integer.MAX_VALUE);
    return open.tampered().isEmpty()
        ? open.sound().stream()
            .flatMap(one -> Stream.of(one.opened(), one.arrived()))
            .min(Instant::compareTo)
        : Optional.of(Instant.EPOCH);
  }
}
