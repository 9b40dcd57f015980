package jp.sekisho.server.grant;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * The exceptions of a 機関 that were in use, as their rows say, for whoever compares them with the
 * log. Thread-safe.
 */
public final class UsedGrants {
  private final Transactions transactions;
  private final DossierRepository dossiers;
  private final InstantSource clock;
  private final TamperedRows tampered;

  UsedGrants(Transactions transactions, DossierRepository dossiers, InstantSource clock) {
    this.transactions = transactions;
    this.dossiers = dossiers;
    this.clock = clock;
    this.tampered = new TamperedRows(transactions);
  }

  /** Between two pages: everything on the next one came into use earlier. */
  public record Place(Instant activated, String id) {
    /** Before the newest one. */
    public static final Place NEWEST = new Place(Instant.ofEpochMilli(Long.MAX_VALUE), "");
  }

  /**
   * Some of them, newest first.
   *
   * @param edited how many rows among them are not believed; each is an entry in the log
   * @param next from where older ones are found; null when there are none
   */
  public record Page(List<Dossier> sound, int edited, @Nullable Place next) {
    public Page {
      sound = List.copyOf(sound);
    }
  }

  /** By the clock of this service. */
  public Instant now() {
    return clock.instant();
  }

  /** At most {@code most} rows are looked at. */
  public Page before(String organ, Place before, int most) {
    List<Dossier> sound = new ArrayList<>();
    List<TamperedException> edited = new ArrayList<>();
    List<Place> places =
        transactions.read(handle -> {
          List<Place> found = dossiers.used(handle, organ, before, most);
          for (Place place : found) {
            try {
              dossiers
                  .find(handle, place.id())
                  .filter(one -> one.request().organ().equals(organ))
                  .ifPresent(sound::add);
            } catch (TamperedException e) {
              edited.add(e);
            }
          }
          return found;
        });
    edited.forEach(tampered::report);
    return new Page(sound, edited.size(), places.size() < most ? null : places.getLast());
  }

  /** What is known of the exception of that id. */
  public sealed interface Known {
    /** Its rows carry their seals. */
    record Sound(Dossier dossier) implements Known {}

    /** There is none in this 機関. */
    record None() implements Known {}

    /** Its row was edited; that is an entry in the log. */
    record Edited() implements Known {}
  }

  /** The exception of that id. */
  public Known find(String organ, String id) {
    try {
      Optional<Dossier> found = transactions.read(handle -> dossiers.find(handle, id));
      return found
          .filter(dossier -> dossier.request().organ().equals(organ))
          .<Known>map(Known.Sound::new)
          .orElseGet(Known.None::new);
    } catch (TamperedException e) {
      tampered.report(e);
      return new Known.Edited();
    }
  }
}
