package jp.sekisho.server.grant;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.GrantText;
import jp.sekisho.server.grant.Grant.Erasure;
import jp.sekisho.server.grant.Grant.Report;
import jp.sekisho.server.grant.Grant.Use;
import jp.sekisho.server.grant.Request.First;
import jp.sekisho.server.grant.Request.Remand;
import jp.sekisho.server.grant.UsedGrants.Place;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.SealedRows;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * The tables {@code export_request}, {@code export_grant}, {@code export_extension} and {@code
 * series_confirmation}; nobody else writes them. To look for one row whose seal is wrong throws
 * {@link TamperedException}; a list keeps such rows apart, so that one of them hides no other.
 * Thread-safe.
 *
 * <p>Past 400 lines: four tables that change together have one writer.
 */
final class DossierRepository {
  private static final String REQUEST = "export_request";
  private static final String GRANT = "export_grant";

  private static final String SELECT =
      """
      select r.id, r.organ, r.requester, r.person, r.text, r.ends, r.state, r.created, r.decided,
        r.decided_by, r.remanded, r.remanded_by, r.remand_reason, r.attendant,
        r.first_approved, r.first_by, r.first_represented, r.first_transaction, r.first_statement,
        r.first_signature, r.first_spki, r.entry_id, r.mac, g.id as g_id, g.terminal as g_terminal,
        g.transaction_id as g_transaction, g.statement as g_statement,
        g.signature as g_signature, g.spki as g_spki, g.state as g_state,
        g.activated as g_activated, g.nonce as g_nonce, g.deadline as g_deadline,
        g.ended as g_ended, g.returned as g_returned, g.returned_by as g_returned_by,
        g.overdue as g_overdue, g.reported as g_reported, g.reported_by as g_reported_by,
        g.report as g_report, g.occurrences as g_occurrences, g.receipt as g_receipt,
        g.erased as g_erased, g.erased_by as g_erased_by, g.report_overdue as g_report_overdue,
        g.entry_id as g_entry_id, g.mac as g_mac
      from export_request r left join export_grant g on g.id = r.id
      """;

  /** How the signed text of a series begins in each form, and so that of its occurrences. */
  private static final byte[] SERIES = "sekisho/grant-series/".getBytes(StandardCharsets.US_ASCII);

  /** How the signed text of what is about no medium begins: none has to come back. */
  private static final byte[] NO_MEDIUM = "sekisho/grant/v3\n".getBytes(StandardCharsets.US_ASCII);

  private final RowSeal seal;
  private final ExtensionRepository extensions;
  private final ConfirmationRepository confirmations;

  DossierRepository(RowSeal seal) {
    this.seal = seal;
    this.extensions = new ExtensionRepository(seal);
    this.confirmations = new ConfirmationRepository(seal);
  }

  /**
   * The rows of a list.
   *
   * @param sound those that carry their seal, in the order asked for
   * @param tampered the others; nothing of them is believed, and whoever lists has them recorded
   */
  record Listed(List<Dossier> sound, List<TamperedException> tampered) {
    Listed {
      sound = List.copyOf(sound);
      tampered = List.copyOf(tampered);
    }
  }

  Optional<Dossier> find(Handle handle, String id) {
    return handle
        .createQuery(SELECT + " where r.id = :id")
        .bind("id", id)
        .map((row, _) -> read(handle, row))
        .findFirst()
        .map(dossier -> extended(handle, dossier));
  }

  /** Whether there is a row of this id, sound or not. */
  boolean has(Handle handle, String id) {
    return handle
            .createQuery("select count(*) from export_request where id = :id")
            .bind("id", id)
            .mapTo(Integer.class)
            .one()
        > 0;
  }

  /** Those of an organ, newest first. */
  Listed ofOrgan(Handle handle, String organ, int most) {
    return list(
        handle,
        handle
            .createQuery(
                SELECT + " where r.organ = :organ order by r.created desc, r.id limit :most")
            .bind("organ", organ)
            .bind("most", most));
  }

  /** Those a person asked for, is to use or stands by at, newest first. */
  Listed ofPerson(Handle handle, String organ, String person, int most) {
    return list(
        handle,
        handle
            .createQuery(
                SELECT
                    + " where r.organ = :organ and (r.requester = :person or r.person = :person"
                    + " or r.attendant = :person)"
                    + " order by r.created desc, r.id limit :most")
            .bind("organ", organ)
            .bind("person", person)
            .bind("most", most));
  }

  /** Those of an organ whose use began in a time, oldest first. */
  Listed usedBetween(Handle handle, String organ, Instant from, Instant until, int most) {
    return list(
        handle,
        handle
            .createQuery(
                SELECT
                    + " where r.organ = :organ and g.activated >= :from and g.activated < :until"
                    + " order by g.activated, r.id limit :most")
            .bind("organ", organ)
            .bind("from", from.toEpochMilli())
            .bind("until", until.toEpochMilli())
            .bind("most", most));
  }

  /**
   * Where the exceptions of an organ stand whose use began, newest first: what the columns say, as
   * far as they say it.
   */
  List<Place> used(Handle handle, String organ, Place before, int most) {
    return handle
        .createQuery(
            """
            select r.id, g.activated from export_request r join export_grant g on g.id = r.id
            where r.organ = :organ
              and (g.activated < :before or (g.activated = :before and r.id < :id))
            order by g.activated desc, r.id desc limit :most
            """)
        .bind("organ", organ)
        .bind("before", before.activated().toEpochMilli())
        .bind("id", before.id())
        .bind("most", most)
        .map((row, _) -> new Place(Instant.ofEpochMilli(row.getLong(2)), row.getString(1)))
        .list();
  }

  /** Approved and active ones of a terminal. */
  Listed ofTerminal(Handle handle, String terminal) {
    return list(
        handle,
        handle
            .createQuery(
                SELECT
                    + " where g.terminal = :terminal and g.state in ('approved', 'active')"
                    + " order by r.ends, r.id")
            .bind("terminal", terminal));
  }

  /**
   * Ids of all that time alone may change: undecided, unused, in use, the medium still out, or the
   * use of an occurrence unreported.
   */
  List<String> waiting(Handle handle) {
    return handle
        .createQuery(
            """
            select r.id from export_request r left join export_grant g on g.id = r.id
            where r.state in ('requested', 'remanded') or g.state in ('approved', 'active')
              or (g.activated is not null and g.returned is null and g.overdue is null
                and substr(r.text, 1, :form) <> :third)
              or (g.activated is not null and g.reported is null and g.report_overdue is null
                and substr(r.text, 1, :length) = :series)
            order by r.ends, r.id
            """)
        .bind("form", NO_MEDIUM.length)
        .bind("third", NO_MEDIUM)
        .bind("length", SERIES.length)
        .bind("series", SERIES)
        .mapTo(String.class)
        .list();
  }

  /** Every exception that still needs a medium: undecided, unused, in use, or it is out. */
  Listed needing(Handle handle, String organ) {
    return list(
        handle,
        handle
            .createQuery(
                SELECT
                    + " where r.organ = :organ and (r.state in ('requested', 'remanded')"
                    + " or g.state in ('approved', 'active')"
                    + " or (g.activated is not null and g.returned is null"
                    + " and substr(r.text, 1, :form) <> :third))"
                    + " order by r.ends, r.id")
            .bind("form", NO_MEDIUM.length)
            .bind("third", NO_MEDIUM)
            .bind("organ", organ));
  }

  /**
   * Those of an organ that are not over, without their extensions, and every row that was edited.
   * No column decides which rows are looked at: all are.
   */
  SealedRows<Dossier> open(Handle handle, String organ) {
    return SealedRows.of(
        handle.createQuery(SELECT),
        (row, _) -> read(handle, row),
        dossier -> dossier.request().organ().equals(organ) && isOpen(dossier));
  }

  private static boolean isOpen(Dossier dossier) {
    Grant grant = dossier.grant();
    return grant == null
        ? dossier.request().isOpen()
        : dossier.isOut()
            || dossier.isUnreported()
            || switch (grant.state()) {
              case APPROVED, ACTIVE, USED -> true;
              case CLOSED, WITHDRAWN, REVOKED, EXPIRED -> false;
            };
  }

  /**
   * Ids of an organ's media that an exception took out and whose return nobody confirmed.
   *
   * @throws TamperedException when one of these rows was edited: the list would not be whole
   */
  Set<String> out(Handle handle, String organ) {
    Listed open = needing(handle, organ);
    if (!open.tampered().isEmpty()) {
      throw open.tampered().getFirst();
    }
    Set<String> out = new TreeSet<>();
    for (Dossier dossier : open.sound()) {
      String medium = dossier.text().medium();
      if (medium != null && dossier.isOut()) {
        out.add(medium);
      }
    }
    return out;
  }

  /** How many requests of a person nobody has decided yet, those sent back included. */
  int undecided(Handle handle, String requester) {
    return handle
        .createQuery(
            "select count(*) from export_request where requester = :person"
                + " and state in ('requested', 'remanded')")
        .bind("person", requester)
        .mapTo(Integer.class)
        .one();
  }

  void insert(Change change, EntryReceipt entry, Request request) {
    change
        .handle()
        .execute(
            "insert into export_request (id, organ, requester, person, text, ends, state, created,"
                + " decided, decided_by, attendant, entry_id, mac)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            request.id(),
            request.organ(),
            request.requester(),
            request.text().person(),
            request.signed().bytes(),
            request.text().end().toEpochMilli(),
            request.state().text(),
            request.created().toEpochMilli(),
            millis(request.decided()),
            request.decidedBy(),
            request.text().attendant(),
            entry.entryId(),
            seal.sealNewest(change, entry, REQUEST, key(request.id()), columns(request)));
  }

  void update(Change change, EntryReceipt entry, Request request) {
    Remand remand = request.remand();
    First first = request.first();
    one(
        change
            .handle()
            .execute(
                "update export_request set person = ?, text = ?, ends = ?, state = ?, decided = ?,"
                    + " decided_by = ?, remanded = ?, remanded_by = ?, remand_reason = ?,"
                    + " attendant = ?, first_approved = ?, first_by = ?, first_represented = ?,"
                    + " first_transaction = ?, first_statement = ?, first_signature = ?,"
                    + " first_spki = ?, entry_id = ?, mac = ? where id = ?",
                request.text().person(),
                request.signed().bytes(),
                request.text().end().toEpochMilli(),
                request.state().text(),
                millis(request.decided()),
                request.decidedBy(),
                remand == null ? null : remand.at().toEpochMilli(),
                remand == null ? null : remand.by(),
                remand == null ? null : remand.reason(),
                request.text().attendant(),
                first == null ? null : first.at().toEpochMilli(),
                first == null ? null : first.person(),
                first == null ? null : first.represented(),
                first == null ? null : first.approval().transaction(),
                first == null ? null : first.approval().statement(),
                first == null ? null : first.approval().signature(),
                first == null ? null : first.approval().spki(),
                entry.entryId(),
                seal.sealNewest(change, entry, REQUEST, key(request.id()), columns(request)),
                request.id()));
  }

  void insert(Change change, EntryReceipt entry, Grant grant) {
    change
        .handle()
        .execute(
            "insert into export_grant (id, terminal, transaction_id, statement, signature, spki,"
                + " state, entry_id, mac) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            grant.id(),
            grant.terminal(),
            grant.transaction(),
            grant.statement(),
            grant.signature(),
            grant.spki(),
            grant.state().text(),
            entry.entryId(),
            seal.sealNewest(change, entry, GRANT, key(grant.id()), columns(grant)));
  }

  void update(Change change, EntryReceipt entry, Grant grant) {
    Use use = grant.use();
    Report report = grant.report();
    Erasure erasure = grant.erasure();
    one(
        change
            .handle()
            .execute(
                "update export_grant set state = ?, activated = ?, nonce = ?, deadline = ?,"
                    + " ended = ?, returned = ?, returned_by = ?, overdue = ?, reported = ?,"
                    + " reported_by = ?, report = ?, occurrences = ?, receipt = ?, erased = ?,"
                    + " erased_by = ?, report_overdue = ?, entry_id = ?, mac = ? where id = ?",
                grant.state().text(),
                use == null ? null : use.at().toEpochMilli(),
                use == null ? null : use.nonce(),
                use == null ? null : use.deadline().toEpochMilli(),
                millis(grant.ended()),
                millis(grant.returned()),
                grant.returnedBy(),
                millis(grant.overdue()),
                report == null ? null : report.at().toEpochMilli(),
                report == null ? null : report.by(),
                report == null ? null : report.said(),
                grant.occurrences() == 0 ? null : grant.occurrences(),
                grant.receipt(),
                erasure == null ? null : erasure.at().toEpochMilli(),
                erasure == null ? null : erasure.by(),
                millis(grant.reportOverdue()),
                entry.entryId(),
                seal.sealNewest(change, entry, GRANT, key(grant.id()), columns(grant)),
                grant.id()));
  }

  private static void one(int updated) {
    if (updated != 1) {
      throw new IllegalStateException("the row of an exception is gone");
    }
  }

  private Listed list(Handle handle, Query query) {
    List<Dossier> sound = new ArrayList<>();
    List<TamperedException> tampered = new ArrayList<>();
    query
        .map((row, _) -> {
          try {
            return Optional.of(read(handle, row));
          } catch (TamperedException e) {
            tampered.add(e);
            return Optional.<Dossier>empty();
          }
        })
        .forEach(found -> found.ifPresent(sound::add));
    List<Dossier> whole = new ArrayList<>();
    for (Dossier dossier : sound) {
      try {
        whole.add(extended(handle, dossier));
      } catch (TamperedException e) {
        tampered.add(e);
      }
    }
    return new Listed(whole, tampered);
  }

  /**
   * With what was asked to extend it, which only a grant that was ever in use can have, and with
   * the months that were confirmed of its series.
   */
  private Dossier extended(Handle handle, Dossier dossier) {
    Grant grant = dossier.grant();
    Turn turn = dossier.request().turn();
    if (grant != null && turn != null && turn.series().isConfirmedMonthly()) {
      return dossier.with(confirmations.of(handle, turn.series()));
    }
    if (grant == null || grant.use() == null) {
      return dossier;
    }
    List<Extension> asked = extensions.of(handle, dossier.id());
    ExportGrant counts = dossier.text();
    for (Extension one : asked) {
      if (!counts.isExtendedBy(one.text())) {
        throw new TamperedException(GRANT, dossier.id());
      }
      counts = one.state() == Extension.State.APPROVED ? one.text() : counts;
    }
    return new Dossier(dossier.request(), grant, asked);
  }

  void insert(Change change, EntryReceipt entry, Extension extension) {
    extensions.insert(change, entry, extension);
  }

  void insert(Change change, EntryReceipt entry, Confirmation confirmation) {
    confirmations.insert(change, entry, confirmation);
  }

  void update(Change change, EntryReceipt entry, Extension extension) {
    extensions.update(change, entry, extension);
  }

  private Dossier read(Handle handle, ResultSet row) throws SQLException {
    Request request = request(handle, row);
    Grant grant = row.getString("g_id") == null ? null : grant(handle, row);
    // An approval without its grant, or a grant nobody approved, is a row that was taken or put in.
    if ((grant != null) != (request.state() == RequestState.APPROVED)
        || (grant != null && !grant.terminal().equals(request.text().terminal()))) {
      throw new TamperedException(GRANT, request.id());
    }
    return new Dossier(request, grant);
  }

  private Request request(Handle handle, ResultSet row) throws SQLException {
    String id = row.getString("id");
    Request request;
    try {
      GrantText signed = GrantText.parse(row.getBytes("text"));
      // Which part of a series it is follows from its id, as the id does from the signed text.
      Turn turn = signed instanceof GrantSeries series ? Turn.of(series, id).orElse(null) : null;
      ExportGrant text =
          turn == null
              ? signed.allows(id).orElseThrow(() -> new MalformedException("of another id"))
              : turn.text();
      request =
          new Request(
              row.getString("requester"),
              text,
              RequestState.parse(row.getString("state")),
              Instant.ofEpochMilli(row.getLong("created")),
              time(row, "decided"),
              row.getString("decided_by"),
              remand(row),
              turn,
              first(row));
    } catch (MalformedException | IllegalArgumentException e) {
      throw new TamperedException(REQUEST, id);
    }
    boolean sound =
        request.id().equals(id)
            && request.organ().equals(row.getString("organ"))
            && request.text().person().equals(row.getString("person"))
            && Objects.equals(request.text().attendant(), row.getString("attendant"))
            && request.text().end().toEpochMilli() == row.getLong("ends")
            && seal.verifyNewest(
                handle,
                row.getBytes("mac"),
                REQUEST,
                key(id),
                row.getBytes("entry_id"),
                columns(request));
    if (!sound) {
      throw new TamperedException(REQUEST, id);
    }
    return request;
  }

  private static @Nullable Remand remand(ResultSet row) throws SQLException {
    Instant at = time(row, "remanded");
    String by = row.getString("remanded_by");
    String reason = row.getString("remand_reason");
    if ((at == null) != (by == null) || (at == null) != (reason == null)) {
      throw new IllegalArgumentException("half of a remand");
    }
    return at == null || by == null || reason == null ? null : new Remand(at, by, reason);
  }

  private static @Nullable First first(ResultSet row) throws SQLException {
    Instant at = time(row, "first_approved");
    String by = row.getString("first_by");
    String transaction = row.getString("first_transaction");
    byte[] statement = row.getBytes("first_statement");
    byte[] signature = row.getBytes("first_signature");
    byte[] spki = row.getBytes("first_spki");
    if (at == null
        || by == null
        || transaction == null
        || statement == null
        || signature == null
        || spki == null) {
      return null; // half of one does not carry the seal of the whole
    }
    return new First(
        at,
        by,
        row.getString("first_represented"),
        new Extension.Approval(transaction, statement, signature, spki));
  }

  private Grant grant(Handle handle, ResultSet row) throws SQLException {
    String id = row.getString("g_id");
    Instant activated = time(row, "g_activated");
    Instant deadline = time(row, "g_deadline");
    String nonce = row.getString("g_nonce");
    Grant grant;
    try {
      grant =
          new Grant(
              id,
              row.getString("g_terminal"),
              row.getString("g_transaction"),
              row.getBytes("g_statement"),
              row.getBytes("g_signature"),
              row.getBytes("g_spki"),
              GrantState.parse(row.getString("g_state")),
              activated == null || nonce == null || deadline == null
                  ? null
                  : new Use(activated, nonce, deadline),
              time(row, "g_ended"),
              time(row, "g_returned"),
              row.getString("g_returned_by"),
              time(row, "g_overdue"),
              report(row),
              row.getInt("g_occurrences"),
              row.getString("g_receipt"),
              erasure(row),
              time(row, "g_report_overdue"));
    } catch (IllegalArgumentException e) {
      throw new TamperedException(GRANT, id); // no such state
    }
    if (!seal.verifyNewest(
        handle,
        row.getBytes("g_mac"),
        GRANT,
        key(id),
        row.getBytes("g_entry_id"),
        columns(grant))) {
      throw new TamperedException(GRANT, id);
    }
    return grant;
  }

  private static @Nullable Report report(ResultSet row) throws SQLException {
    Instant at = time(row, "g_reported");
    String by = row.getString("g_reported_by");
    String said = row.getString("g_report");
    if ((at == null) != (by == null) || (at == null) != (said == null)) {
      throw new IllegalArgumentException("half of a report");
    }
    return at == null || by == null || said == null ? null : new Report(at, by, said);
  }

  private static @Nullable Erasure erasure(ResultSet row) throws SQLException {
    Instant at = time(row, "g_erased");
    String by = row.getString("g_erased_by");
    if ((at == null) != (by == null)) {
      throw new IllegalArgumentException("half of an erasure");
    }
    return at == null || by == null ? null : new Erasure(at, by);
  }

  private static byte[] key(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * What the seal covers: of one that was never sent back the columns there were before. Who stands
   * by is in the text.
   */
  private static @Nullable Object[] columns(Request request) {
    List<@Nullable Object> columns = new ArrayList<>();
    columns.add(request.id());
    columns.add(request.organ());
    columns.add(request.requester());
    columns.add(request.text().person());
    columns.add(request.signed().bytes());
    columns.add(request.text().end());
    columns.add(request.state().text());
    columns.add(request.created());
    columns.add(request.decided());
    columns.add(request.decidedBy());
    Remand remand = request.remand();
    if (remand != null) {
      columns.add(remand.at());
      columns.add(remand.by());
      columns.add(remand.reason());
    }
    First first = request.first();
    if (first != null) {
      columns.add("first");
      columns.add(first.at());
      columns.add(first.person());
      columns.add(first.represented());
      columns.add(first.approval().transaction());
      columns.add(first.approval().statement());
      columns.add(first.approval().signature());
      columns.add(first.approval().spki());
    }
    return columns.toArray();
  }

  /**
   * What the seal covers: the columns there were first, then what came later as far as it is there.
   * What is the newest begins with a word, so that no two rows have the same columns.
   */
  private static @Nullable Object[] columns(Grant grant) {
    Use use = grant.use();
    List<@Nullable Object> columns = new ArrayList<>();
    columns.add(grant.id());
    columns.add(grant.terminal());
    columns.add(grant.transaction());
    columns.add(grant.statement());
    columns.add(grant.signature());
    columns.add(grant.spki());
    columns.add(grant.state().text());
    columns.add(use == null ? null : use.at());
    columns.add(use == null ? null : use.nonce());
    columns.add(use == null ? null : use.deadline());
    columns.add(grant.ended());
    columns.add(grant.returned());
    columns.add(grant.returnedBy());
    columns.add(grant.overdue());
    Report report = grant.report();
    if (report != null) {
      columns.add(report.at());
      columns.add(report.by());
      columns.add(report.said());
    }
    if (grant.occurrences() != 0) {
      columns.add(grant.occurrences());
    }
    if (grant.receipt() != null) {
      columns.add("receipt");
      columns.add(grant.receipt());
    }
    Erasure erasure = grant.erasure();
    if (erasure != null) {
      columns.add("erased");
      columns.add(erasure.at());
      columns.add(erasure.by());
    }
    if (grant.reportOverdue() != null) {
      columns.add("report-overdue");
      columns.add(grant.reportOverdue());
    }
    return columns.toArray();
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  private static @Nullable Long millis(@Nullable Instant time) {
    return time == null ? null : time.toEpochMilli();
  }
}
