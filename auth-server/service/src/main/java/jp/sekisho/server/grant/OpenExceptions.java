package jp.sekisho.server.grant;

import java.time.Instant;
import java.util.Optional;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.SealedRows;
import org.jdbi.v3.core.Handle;

/**
 * Since when an organ has exceptions that are not closed: their entries are still needed. Decided
 * by what the rows' seals vouch for, never by a column as it stands: whoever edits one must not
 * have evidence deleted. Thread-safe.
 */
public final class OpenExceptions {
  private final DossierRepository dossiers;

  public OpenExceptions(RowSeal seal) {
    this.dossiers = new DossierRepository(seal);
  }

  /**
   * When the oldest of them was asked for, of an occurrence its series: that approval is its own.
   * Empty when none is open. A row that was edited or is missing may be of any organ and any time,
   * so with one nothing is old enough.
   */
  public Optional<Instant> since(Handle handle, String organ) {
    SealedRows<Dossier> open = dossiers.open(handle, organ);
    return open.tampered().isEmpty()
        ? open.sound().stream().map(dossier -> asked(handle, dossier)).min(Instant::compareTo)
        : Optional.of(Instant.EPOCH);
  }

  private Instant asked(Handle handle, Dossier dossier) {
    Request request = dossier.request();
    Turn turn = request.turn();
    if (turn == null || turn.isSeries()) {
      return request.created();
    }
    return dossiers
        .find(handle, turn.series().request())
        .map(series -> series.request().created())
        .orElse(Instant.EPOCH);
  }
}
