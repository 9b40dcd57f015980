package jp.sekisho.server.grant;

import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;

/** The register of media (媒体台帳) of a 機関, with where each medium is. Thread-safe. */
public final class MediaList {
  private final Transactions transactions;
  private final Media media;
  private final DossierRepository dossiers;
  private final InstantSource clock;

  public MediaList(Transactions transactions, Media media, RowSeal seal, InstantSource clock) {
    this.transactions = transactions;
    this.media = media;
    this.dossiers = new DossierRepository(seal);
    this.clock = clock;
  }

  /** Where a medium is. */
  public enum Place {
    /** Nobody needs it. */
    IN,
    /** An exception, or a request for one, names it; it was not taken out. */
    NEEDED,
    /** Taken out, its return not confirmed. */
    OUT,
    /** Handed out at the counter. */
    LENT,
    /** With the recipient to whom an exception handed it over. */
    HANDED_OVER,
    /** Lost. */
    LOST,
    /** Out of use for good. */
    DISPOSED
  }

  /**
   * A line of the register.
   *
   * @param overdue whether who has it from the counter should have brought it back
   */
  public record Line(Medium medium, Place place, boolean overdue) {}

  /**
   * All media of an organ, disposed ones too, by id.
   *
   * @throws TamperedException for a row that was edited
   */
  public List<Line> of(String organ) {
    return transactions.read(handle -> {
      Set<String> out = dossiers.out(handle, organ);
      Set<String> needed = new TreeSet<>();
      dossiers.needing(handle, organ).sound().stream()
          .flatMap(dossier -> Stream.ofNullable(dossier.text().medium()))
          .forEach(needed::add);
      return media.ofOrgan(handle, organ).stream()
          .map(medium ->
              new Line(
                  medium,
                  place(medium, out, needed),
                  medium.usable()
                      && medium.loan() != null
                      && medium.loan().isOverdue(clock.instant())))
          .toList();
    });
  }

  private static Place place(Medium medium, Set<String> out, Set<String> needed) {
    if (!medium.usable()) {
      return medium.disposal() == null ? Place.LOST : Place.DISPOSED;
    }
    Medium.Loan loan = medium.loan();
    if (loan != null) {
      return loan.person() == null ? Place.HANDED_OVER : Place.LENT;
    }
    if (out.contains(medium.id())) {
      return Place.OUT;
    }
    return needed.contains(medium.id()) ? Place.NEEDED : Place.IN;
  }
}
