package jp.sekisho.server.grant;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;

/** The register of media (媒体台帳) of a 機関, with where each medium is. Thread-safe. */
public final class MediaList {
  private final Transactions transactions;
  private final Media media;
  private final DossierRepository dossiers;

  public MediaList(Transactions transactions, Media media, RowSeal seal) {
    this.transactions = transactions;
    this.media = media;
    this.dossiers = new DossierRepository(seal);
  }

  /** Where a medium is. */
  public enum Place {
    /** Nobody needs it. */
    IN,
    /** An exception, or a request for one, names it; it was not taken out. */
    NEEDED,
    /** Taken out, its return not confirmed. */
    OUT,
    /** Out of use for good. */
    DISPOSED
  }

  /** A line of the register. */
  public record Line(Medium medium, Place place) {}

  /**
   * All media of an organ, disposed ones too, by id.
   *
   * @throws TamperedException for a row that was edited
   */
  public List<Line> of(String organ) {
    return transactions.read(handle -> {
      Set<String> out = dossiers.out(handle, organ);
      Set<String> needed = new TreeSet<>();
      dossiers
          .needing(handle, organ)
          .sound()
          .forEach(dossier -> needed.add(dossier.text().medium()));
      return media.ofOrgan(handle, organ).stream()
          .map(medium -> new Line(medium, place(medium, out, needed)))
          .toList();
    });
  }

  private static Place place(Medium medium, Set<String> out, Set<String> needed) {
    if (!medium.usable()) {
      return Place.DISPOSED;
    }
    if (out.contains(medium.id())) {
      return Place.OUT;
    }
    return needed.contains(medium.id()) ? Place.NEEDED : Place.IN;
  }
}
