package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.protocol.ReconciledUse;
import jp.sekisho.protocol.ReconciledUses;
import jp.sekisho.protocol.UnmatchedOpening;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.EntryHit.Position;
import jp.sekisho.server.audit.EntryIndex;
import jp.sekisho.server.auditor.Reconciliation;
import jp.sekisho.server.auditor.Reconciliation.Line;
import jp.sekisho.server.auditor.Reconciliation.Openings;
import jp.sekisho.server.auditor.Reconciliation.Uses;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.grant.Dossier;
import jp.sekisho.server.grant.Grant;
import jp.sekisho.server.grant.UsedGrants;
import jp.sekisho.server.grant.UsedGrants.Place;
import jp.sekisho.server.session.Session;
import org.jspecify.annotations.Nullable;

/** Answers what does not fit between exceptions and the log of a 機関 (突合). Thread-safe. */
@Singleton
@Requires(beans = Installation.class)
final class Reconciler {
  private static final Pattern OPENINGS = Pattern.compile("([0-9]{1,18})\\.([0-9]{1,18})");
  private static final Pattern USES = Pattern.compile("([0-9]{1,15})\\.([A-Za-z0-9_-]{22})");

  private final LogReader logs;
  private final Reconciliation reconciliation;

  Reconciler(LogReader logs, EntryIndex index, UsedGrants grants) {
    this.logs = logs;
    this.reconciliation = new Reconciliation(index, grants);
  }

  /**
   * What is asked for.
   *
   * @param openings only openings older than this
   * @param uses only uses older than this
   * @param all uses that lack nothing as well
   */
  record Question(Position openings, Place uses, boolean all) {
    /**
     * Of an address.
     *
     * @return empty for what is no place
     */
    static Optional<Question> of(
        @Nullable String openings, @Nullable String uses, @Nullable String all) {
      Optional<Position> opening =
          openings == null ? Optional.of(Position.NEWEST) : opening(openings);
      Optional<Place> use = uses == null ? Optional.of(Place.NEWEST) : use(uses);
      return opening.flatMap(
          place -> use.map(other -> new Question(place, other, "1".equals(all))));
    }

    private static Optional<Position> opening(String text) {
      Matcher place = OPENINGS.matcher(text);
      return place.matches()
          ? Optional.of(
              new Position(Long.parseLong(place.group(1)), Long.parseLong(place.group(2))))
          : Optional.empty();
    }

    private static Optional<Place> use(String text) {
      Matcher place = USES.matcher(text);
      return place.matches()
          ? Optional.of(
              new Place(Instant.ofEpochMilli(Long.parseLong(place.group(1))), place.group(2)))
          : Optional.empty();
    }
  }

  /** What does not fit in the session's 機関. */
  ReconciledUses of(Session session, Question question) {
    String organ = session.organ();
    long missing = logs.followed(organ);
    Openings openings = reconciliation.openings(organ, question.openings());
    Uses uses = reconciliation.uses(organ, question.uses(), question.all());
    Place older = uses.next();
    return new ReconciledUses(
        openings.found().stream().map(Reconciler::wire).toList(),
        openings.next() == null ? null : LogFilter.place(openings.next()),
        uses.found().stream().map(Reconciler::wire).toList(),
        older == null ? null : older.activated().toEpochMilli() + "." + older.id(),
        missing,
        openings.broken() + uses.edited());
  }

  private static UnmatchedOpening wire(Reconciliation.Opening opening) {
    Entry entry = opening.entry();
    return new UnmatchedOpening(
        opening.index(),
        entry.type().substring(entry.type().indexOf('.') + 1),
        Reconciliation.at(entry).toString(),
        entry.subject().terminal(),
        text(entry, "person"),
        text(entry, "medium"),
        text(entry, "grant"),
        word(opening.doubt()));
  }

  private static @Nullable String text(Entry entry, String name) {
    return entry.data().get(name) instanceof String text ? text : null;
  }

  private static ReconciledUse wire(Line line) {
    Dossier dossier = line.dossier();
    Grant grant = dossier.grant();
    Grant.Use use = grant == null ? null : grant.use();
    if (grant == null || use == null) {
      throw new IllegalStateException("listed as used, and is not");
    }
    Grant.Erasure erasure = grant.erasure();
    List<String> lacks = line.lacks().stream().sorted().map(Reconciler::word).toList();
    return new ReconciledUse(
        dossier.id(),
        dossier.state(),
        dossier.text().person(),
        dossier.text().terminal(),
        dossier.text().medium(),
        use.at().toString(),
        dossier.isOfMedium() ? dossier.text().end().toString() : null,
        line.openings(),
        time(line.opened()),
        time(line.closed()),
        line.files(),
        line.bytes(),
        time(grant.returned()),
        grant.receipt(),
        erasure == null ? null : time(erasure.at()),
        lacks);
  }

  private static @Nullable String time(@Nullable Instant at) {
    return at == null ? null : at.toString();
  }

  private static String word(Enum<?> one) {
    return one.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
