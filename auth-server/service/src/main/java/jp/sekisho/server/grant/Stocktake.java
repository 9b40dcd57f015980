package jp.sekisho.server.grant;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.MediumEvent;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;

/**
 * Compares the media that lie on the table with the register (棚卸); the result is an entry.
 * Thread-safe.
 */
public final class Stocktake {
  /** Most media of one count, so that its entry stays small. */
  public static final int MOST = 1000;

  private final Transactions transactions;
  private final Media media;
  private final DossierRepository dossiers;

  public Stocktake(Transactions transactions, Media media, RowSeal seal) {
    this.transactions = transactions;
    this.media = media;
    this.dossiers = new DossierRepository(seal);
  }

  /** What became of a count. */
  public sealed interface Outcome {
    /** It is in the log as it stands here. */
    record Done(MediumEvent.Counted counted) implements Outcome {}

    /** MEDIUM_FORM: a name's form, or more than {@link #MOST} media. */
    record Refused(Refusal reason) implements Outcome {}
  }

  /**
   * Counts.
   *
   * @param organ an organ that has a log
   * @param reference the document of the count
   * @param found ids written on the media that are there; one named twice counts once
   * @throws TamperedException for a row of the register or of an exception that was edited
   */
  public Outcome count(String organ, String reference, Collection<String> found) {
    return count(new Entry.Subject(organ, null, null, null, null), organ, reference, found);
  }

  /**
   * As {@link #count(String, String, Collection)}.
   *
   * @param by who counts, in whose name the entry is
   */
  public Outcome count(Entry.Subject by, String organ, String reference, Collection<String> found) {
    if (!Names.isOrgan(organ)
        || !Names.isReference(reference)
        || found.size() > MOST
        || !found.stream().allMatch(Names::isMedium)) {
      return new Outcome.Refused(Refusal.MEDIUM_FORM);
    }
    return transactions.<Outcome, RuntimeException>write(change -> {
      MediumEvent.Counted counted = compare(change.handle(), organ, reference, found);
      if (counted.expected() > MOST) {
        change.unchanged();
        return new Outcome.Refused(Refusal.MEDIUM_FORM);
      }
      change.record(by, counted);
      return new Outcome.Done(counted);
    });
  }

  private MediumEvent.Counted compare(
      Handle handle, String organ, String reference, Collection<String> found) {
    Set<String> registered = new TreeSet<>();
    Set<String> out = dossiers.out(handle, organ);
    for (Medium medium : media.ofOrgan(handle, organ)) {
      if (medium.usable()) {
        registered.add(medium.id());
        if (medium.loan() != null) {
          out.add(medium.id());
        }
      }
    }
    Set<String> missing = new TreeSet<>(registered);
    missing.removeAll(Set.copyOf(found));
    Set<String> lent = new TreeSet<>(missing);
    lent.retainAll(out);
    missing.removeAll(lent);
    Set<String> present = new TreeSet<>(found);
    present.retainAll(registered);
    Set<String> unreturned = new TreeSet<>(present);
    unreturned.retainAll(out);
    Set<String> foreign = new TreeSet<>(found);
    foreign.removeAll(registered);
    return new MediumEvent.Counted(
        reference,
        registered.size(),
        present.size(),
        missing.stream().toList(),
        lent.stream().toList(),
        unreturned.stream().toList(),
        foreign.stream().toList());
  }
}
