package jp.sekisho.server.grant;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.MediumEvent;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The register of media, table {@code medium}; nobody else writes it. Thread-safe. */
public final class Media {
  private static final String TABLE = "medium";

  private final Transactions transactions;
  private final RowSeal seal;
  private final DossierRepository dossiers;

  public Media(Transactions transactions, RowSeal seal) {
    this.transactions = transactions;
    this.seal = seal;
    this.dossiers = new DossierRepository(seal);
  }

  /** What became of a registration. */
  public sealed interface Outcome {
    /** It is registered. */
    record Registered(Medium medium) implements Outcome {}

    /** MEDIUM_FORM without an entry; MEDIUM_TAKEN or what the gate says, with one. */
    record Refused(Refusal reason) implements Outcome {}
  }

  /** Asks within the unit whether somebody may change the register. */
  @FunctionalInterface
  public interface Gate {
    /** Lets everybody through: the console. */
    Gate OPEN = _ -> Optional.empty();

    /** Why not; empty when nothing is in the way. */
    Optional<Refusal> obstacle(Change change);
  }

  /**
   * Registers a medium at the console.
   *
   * @param organ an organ that has a log
   */
  public Outcome register(String id, String organ, String fingerprint) {
    return register(
        new Entry.Subject(organ, null, null, null, null), Gate.OPEN, id, organ, fingerprint);
  }

  /**
   * Registers a medium.
   *
   * @param by who does it, in whose name the entry is
   * @param organ an organ that has a log
   * @return what the gate said, too, as an entry
   */
  public Outcome register(
      Entry.Subject by, Gate gate, String id, String organ, String fingerprint) {
    if (!Names.isMedium(id) || !Names.isOrgan(organ) || !isHash(fingerprint)) {
      return new Outcome.Refused(Refusal.MEDIUM_FORM);
    }
    return transactions.<Outcome, RuntimeException>write(change -> {
      Refusal obstacle =
          gate.obstacle(change)
              .or(() ->
                  isTaken(change.handle(), id, fingerprint)
                      ? Optional.of(Refusal.MEDIUM_TAKEN)
                      : Optional.empty())
              .orElse(null);
      if (obstacle != null) {
        change.record(by, new MediumEvent.Refused(id, obstacle));
        return new Outcome.Refused(obstacle);
      }
      Medium medium = new Medium(id, organ, fingerprint, change.now(), null);
      insert(change, change.record(by, new MediumEvent.Registered(id, fingerprint)), medium);
      return new Outcome.Registered(medium);
    });
  }

  /** What became of a disposal. */
  public sealed interface Disposed {
    /** It is out of use for good. */
    record Done(Medium medium) implements Disposed {}

    /**
     * MEDIUM_FORM without an entry; MEDIUM_UNKNOWN (never registered, or disposed of already) and
     * MEDIUM_IN_USE (an exception waits for it, or it is out, or somebody has it from the counter),
     * and the log says so. Of one that was lost nobody waits for anything.
     */
    record Refused(Refusal reason) implements Disposed {}
  }

  /**
   * Takes a medium out of use for good (廃棄).
   *
   * @param organ an organ that has a log
   * @param reference the document that proves its end
   */
  public Disposed dispose(String id, String organ, String reference) {
    return dispose(
        new Entry.Subject(organ, null, null, null, null), Gate.OPEN, id, organ, reference);
  }

  /** As {@link #dispose(String, String, String)}, by somebody; what the gate says is an entry. */
  public Disposed dispose(Entry.Subject by, Gate gate, String id, String organ, String reference) {
    if (!Names.isMedium(id) || !Names.isOrgan(organ) || !Names.isReference(reference)) {
      return new Disposed.Refused(Refusal.MEDIUM_FORM);
    }
    return transactions.<Disposed, RuntimeException>write(change -> {
      Refusal closed = gate.obstacle(change).orElse(null);
      Medium medium =
          closed != null
              ? null
              : find(change.handle(), id)
                  .filter(found -> found.organ().equals(organ) && found.disposal() == null)
                  .orElse(null);
      Refusal obstacle =
          closed != null
              ? closed
              : medium == null
                  ? Refusal.MEDIUM_UNKNOWN
                  : isWanted(change.handle(), medium) ? Refusal.MEDIUM_IN_USE : null;
      if (medium == null || obstacle != null) {
        Refusal reason = obstacle == null ? Refusal.MEDIUM_UNKNOWN : obstacle;
        change.record(by, new MediumEvent.Kept(id, reason));
        return new Disposed.Refused(reason);
      }
      Medium gone = medium.disposed(new Medium.Disposal(change.now(), reference));
      update(change, change.record(by, new MediumEvent.Disposed(id, reference)), gone);
      return new Disposed.Done(gone);
    });
  }

  /** The medium called {@code id}, of any organ. */
  Optional<Medium> find(Handle handle, String id) {
    return handle
        .createQuery("select * from medium where id = :id")
        .bind("id", id)
        .map((row, _) -> read(handle, row))
        .findOne();
  }

  /** Id of an organ's medium of that identity; empty also where its row was edited. */
  public Optional<String> idOf(Handle handle, String organ, String fingerprint) {
    try {
      return handle
          .createQuery("select * from medium where organ = :organ and fingerprint = :fingerprint")
          .bind("organ", organ)
          .bind("fingerprint", fingerprint)
          .map((row, _) -> read(handle, row))
          .findOne()
          .map(Medium::id);
    } catch (TamperedException e) {
      return Optional.empty();
    }
  }

  /** All media of an organ, by id. */
  List<Medium> ofOrgan(Handle handle, String organ) {
    return handle
        .createQuery("select * from medium where organ = :organ order by id")
        .bind("organ", organ)
        .map((row, _) -> read(handle, row))
        .list();
  }

  private boolean isWanted(Handle handle, Medium medium) {
    boolean lent = medium.loan() != null && medium.loan().person() != null;
    return medium.loss() == null && (lent || needed(handle, medium.organ(), medium.id()));
  }

  private boolean needed(Handle handle, String organ, String id) {
    DossierRepository.Listed open = dossiers.needing(handle, organ);
    if (!open.tampered().isEmpty()) {
      throw open.tampered().getFirst(); // it may be the one that needs it
    }
    return open.sound().stream().anyMatch(dossier -> id.equals(dossier.text().medium()));
  }

  private static boolean isHash(String text) {
    try {
      return Base64Url.decode(text, 32).length == 32;
    } catch (MalformedException e) {
      return false;
    }
  }

  private static boolean isTaken(Handle handle, String id, String fingerprint) {
    return handle
        .createQuery("select 1 from medium where id = :id or fingerprint = :fingerprint")
        .bind("id", id)
        .bind("fingerprint", fingerprint)
        .mapTo(Integer.class)
        .findFirst()
        .isPresent();
  }

  private void insert(Change change, EntryReceipt entry, Medium medium) {
    change
        .handle()
        .execute(
            "insert into medium (id, organ, fingerprint, registered, entry_id, mac)"
                + " values (?, ?, ?, ?, ?, ?)",
            medium.id(),
            medium.organ(),
            medium.fingerprint(),
            medium.registered().toEpochMilli(),
            entry.entryId(),
            seal.sealNewest(change, entry, TABLE, key(medium.id()), columns(medium)));
  }

  void update(Change change, EntryReceipt entry, Medium medium) {
    Medium.Disposal disposal = medium.disposal();
    Medium.Loan loan = medium.loan();
    Medium.Loss loss = medium.loss();
    int updated =
        change
            .handle()
            .execute(
                "update medium set disposed = ?, reference = ?, lent = ?, lent_to = ?,"
                    + " lent_due = ?, lent_reference = ?, lost = ?, lost_reference = ?,"
                    + " entry_id = ?, mac = ? where id = ?",
                disposal == null ? null : disposal.at().toEpochMilli(),
                disposal == null ? null : disposal.reference(),
                loan == null ? null : loan.at().toEpochMilli(),
                loan == null ? null : loan.person(),
                loan == null || loan.due() == null ? null : loan.due().toEpochMilli(),
                loan == null ? null : loan.reference(),
                loss == null ? null : loss.at().toEpochMilli(),
                loss == null ? null : loss.reference(),
                entry.entryId(),
                seal.sealNewest(change, entry, TABLE, key(medium.id()), columns(medium)),
                medium.id());
    if (updated != 1) {
      throw new IllegalStateException("the row of a medium is gone");
    }
  }

  private static byte[] key(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * What the seal covers: of one in use the four columns that there were first, then what came
   * later as far as it is there. What is the newest begins with a word, so that no two rows have
   * the same columns.
   */
  private static @Nullable Object[] columns(Medium medium) {
    List<@Nullable Object> columns = new ArrayList<>();
    columns.add(medium.id());
    columns.add(medium.organ());
    columns.add(medium.fingerprint());
    columns.add(medium.registered());
    Medium.Disposal disposal = medium.disposal();
    if (disposal != null) {
      columns.add(disposal.at());
      columns.add(disposal.reference());
    }
    Medium.Loan loan = medium.loan();
    if (loan != null) {
      columns.add("lent");
      columns.add(loan.at());
      columns.add(loan.person());
      columns.add(loan.due());
      columns.add(loan.reference());
    }
    Medium.Loss loss = medium.loss();
    if (loss != null) {
      columns.add("lost");
      columns.add(loss.at());
      columns.add(loss.reference());
    }
    return columns.toArray();
  }

  private Medium read(Handle handle, ResultSet row) throws SQLException {
    String id = row.getString("id");
    Instant disposed = time(row, "disposed");
    String reference = row.getString("reference");
    Instant lent = time(row, "lent");
    String lentBy = row.getString("lent_reference");
    Instant lost = time(row, "lost");
    String lostBy = row.getString("lost_reference");
    if ((disposed == null) != (reference == null)
        || (lent == null) != (lentBy == null)
        || (lost == null) != (lostBy == null)) {
      throw new TamperedException(TABLE, id);
    }
    Medium medium =
        new Medium(
            id,
            row.getString("organ"),
            row.getString("fingerprint"),
            Instant.ofEpochMilli(row.getLong("registered")),
            disposed == null || reference == null ? null : new Medium.Disposal(disposed, reference),
            lent == null || lentBy == null
                ? null
                : new Medium.Loan(lent, row.getString("lent_to"), time(row, "lent_due"), lentBy),
            lost == null || lostBy == null ? null : new Medium.Loss(lost, lostBy));
    if (!seal.verifyNewest(
        handle, row.getBytes("mac"), TABLE, key(id), row.getBytes("entry_id"), columns(medium))) {
      throw new TamperedException(TABLE, id);
    }
    return medium;
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }
}
