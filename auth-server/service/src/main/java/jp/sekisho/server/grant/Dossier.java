package jp.sekisho.server.grant;

import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.stream.IntStream;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.GrantText;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one exception: the request and, once it was approved, the grant with what
 * was asked to extend it.
 *
 * @param grant null unless the request's state is approved
 * @param extensions oldest first; each approved one is longer than the one before
 * @param confirmations months for which a card let the series go on that it is, or is an occurrence
 *     of, oldest first
 */
public record Dossier(
    Request request,
    @Nullable Grant grant,
    List<Extension> extensions,
    List<Confirmation> confirmations) {
  /**
   * From the end of an occurrence's use until it is to be reported; that of an emergency is as
   * long.
   */
  public static final Duration REPORT = Duration.ofDays(3);

  public Dossier {
    extensions = List.copyOf(extensions);
    confirmations = List.copyOf(confirmations);
  }

  Dossier(Request request, @Nullable Grant grant, List<Extension> extensions) {
    this(request, grant, extensions, List.of());
  }

  Dossier(Request request, @Nullable Grant grant) {
    this(request, grant, List.of());
  }

  Dossier with(Grant changed) {
    return new Dossier(request, changed, extensions, confirmations);
  }

  Dossier with(List<Confirmation> months) {
    return new Dossier(request, grant, extensions, months);
  }

  /** The confirmation of an occurrence's month; null where there is none. */
  @Nullable Confirmation confirmation() {
    Turn turn = request.turn();
    return turn == null || turn.isSeries()
        ? null
        : confirmation(turn.series().month(turn.number()));
  }

  private @Nullable Confirmation confirmation(YearMonth month) {
    return confirmations.stream().filter(one -> one.month().equals(month)).findFirst().orElse(null);
  }

  /** Whether it is an occurrence that waits for the confirmation of its month (月次確認). */
  public boolean isUnconfirmed() {
    Turn turn = request.turn();
    return turn != null
        && !turn.isSeries()
        && turn.series().needsConfirmation(turn.number())
        && confirmation() == null;
  }

  /**
   * The month for which a card can let a series go on now: every occurrence of the months before is
   * over, one of its own is not, and nobody confirmed it; null for none.
   */
  @Nullable YearMonth due(Instant now) {
    Turn turn = request.turn();
    if (turn == null || !turn.isSeries() || grant == null || grant.state() != GrantState.APPROVED) {
      return null;
    }
    int next = next(turn.series(), now);
    if (next == 0 || !turn.series().needsConfirmation(next)) {
      return null;
    }
    YearMonth month = turn.series().month(next);
    return confirmation(month) == null ? month : null;
  }

  /** The first occurrence that is not over; 0 for none. */
  private static int next(GrantSeries series, Instant now) {
    return IntStream.rangeClosed(1, series.count())
        .filter(number -> now.isBefore(series.end(number)))
        .findFirst()
        .orElse(0);
  }

  /** Whether the next occurrence of a series is near, or its time is now, and stays closed. */
  boolean isSuspended(Instant now) {
    Turn turn = request.turn();
    return turn != null
        && grant != null
        && due(now) != null
        && next(turn.series(), now) <= grant.occurrences();
  }

  /** base64url of 16 bytes. */
  public String id() {
    return request.id();
  }

  /** What counts: what was asked for, as the newest approved extension says it. */
  public ExportGrant text() {
    Extension longest = extension();
    return longest == null ? request.text() : longest.text();
  }

  /** The approved extension that counts; null for none. */
  @Nullable Extension extension() {
    return extensions.reversed().stream()
        .filter(one -> one.state() == Extension.State.APPROVED)
        .findFirst()
        .orElse(null);
  }

  /** The extension that waits for an approver, while the use goes on; null for none. */
  @Nullable Extension waiting() {
    boolean running = grant != null && grant.state() == GrantState.ACTIVE;
    return running && !extensions.isEmpty() && extensions.getLast().state() == Extension.State.ASKED
        ? extensions.getLast()
        : null;
  }

  /** The text that a card would approve now: of an extension that waits, else of the request. */
  ExportGrant asked() {
    Extension waiting = waiting();
    return waiting == null ? request.text() : waiting.text();
  }

  /** What a card would sign now: of an extension that waits, else of the request. */
  GrantText signs() {
    Extension waiting = waiting();
    return waiting == null ? request.signed() : waiting.text();
  }

  /** Whether it is asked for and approved each time: neither repeated nor extended. */
  boolean isEachTime() {
    return request.first() != null || !request.text().isRepeatable();
  }

  /** Whether it is about one registered medium. */
  public boolean isOfMedium() {
    return request.text().capability().isOfMedium();
  }

  /**
   * Whether its medium was taken into use and neither confirmed as returned nor handed over; never
   * of what is about none.
   */
  public boolean isOut() {
    return grant != null && grant.isOut() && isOfMedium();
  }

  /** Whether an occurrence was used and nobody said yet what became of it (事後報告未了). */
  public boolean isUnreported() {
    return request.isOccurrence()
        && grant != null
        && grant.state() != GrantState.ACTIVE
        && grant.use() != null
        && grant.report() == null;
  }

  /** When the report of an occurrence's use is due; null where none is missing. */
  public @Nullable Instant reportDue() {
    if (!isUnreported() || grant == null || grant.use() == null) {
      return null;
    }
    Instant over = grant.ended() == null ? grant.use().deadline() : grant.ended();
    return over.plus(REPORT);
  }

  /** Whether that report is missing past its time. */
  public boolean isReportLate(Instant now) {
    Instant due = reportDue();
    return due != null && !now.isBefore(due);
  }

  /**
   * Whether nothing of an occurrence stops the next ones: it was not used, or the return is
   * confirmed and the use reported.
   */
  public boolean isSettled() {
    return grant == null
        || grant.use() == null
        || (grant.returned() != null && grant.report() != null);
  }

  /** Where it stands once the time of its use is over: without a medium nothing comes after it. */
  GrantState used() {
    return isOfMedium() ? GrantState.USED : GrantState.CLOSED;
  }

  /** Whether it is in use at {@code now}, by the service's clock. */
  boolean isRunning(Instant now) {
    return grant != null
        && grant.state() == GrantState.ACTIVE
        && grant.use() != null
        && now.isBefore(grant.use().deadline());
  }

  /** The one word for where it stands. */
  public String state() {
    if (grant != null) {
      return grant.state().text();
    }
    return request.isApprovedOnce() ? Request.APPROVED_ONCE : request.state().text();
  }
}
