package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.AbsenceLine;
import jp.sekisho.protocol.BreachView;
import jp.sekisho.protocol.BreachViews;
import jp.sekisho.protocol.DeputyLine;
import jp.sekisho.protocol.DeputyList;
import jp.sekisho.protocol.EmergencyView;
import jp.sekisho.protocol.EmergencyViews;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.GrantViews;
import jp.sekisho.protocol.MeasureView;
import jp.sekisho.protocol.MeasureViews;
import jp.sekisho.protocol.ReconciledUses;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.ReviewLine;
import jp.sekisho.server.breach.BreachRegister;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.desk.Desk;
import jp.sekisho.server.desk.DeskMedia;
import jp.sekisho.server.emergency.Emergencies;
import jp.sekisho.server.grant.MediaList;
import jp.sekisho.server.grant.Overview;
import jp.sekisho.server.grant.Papers;
import jp.sekisho.server.grant.Reviews;
import jp.sekisho.server.measure.MeasureRegister;
import jp.sekisho.server.session.Session;

/**
 * Exceptions, measures, cases of 漏えい等 and media as people look at them, on pages and through the
 * API: that somebody looks at what is not their own, and that it was not shown, is an entry before
 * anything is shown. Thread-safe.
 *
 * <p>One's own leaves none. Pages load anew only when somebody opens them, so each look is one.
 */
@Singleton
@Requires(beans = Installation.class)
final class Looks {
  private static final String GRANT = "grant";
  private static final String MEASURE = "measure";
  private static final String BREACH = "breach";

  private final Desk desk;
  private final Overview overview;
  private final Papers papers;
  private final Reviews reviews;
  private final Emergencies emergencies;
  private final MeasureRegister register;
  private final BreachRegister breaches;
  private final DeskMedia media;
  private final Reconciler reconciler;

  Looks(
      Desk desk,
      Overview overview,
      Papers papers,
      Reviews reviews,
      Emergencies emergencies,
      MeasureRegister register,
      BreachRegister breaches,
      DeskMedia media,
      Reconciler reconciler) {
    this.desk = desk;
    this.overview = overview;
    this.papers = papers;
    this.reviews = reviews;
    this.emergencies = emergencies;
    this.register = register;
    this.breaches = breaches;
    this.media = media;
    this.reconciler = reconciler;
  }

  /** The exceptions that the session's person may see. */
  GrantViews grants(Session session) {
    GrantViews found = overview.list(session);
    if (!found.grants().stream().allMatch(one -> isOwn(session, one.person(), one.requester()))) {
      desk.viewed(session, "grants", "");
    }
    return found;
  }

  /** One of them. */
  Optional<GrantView> grant(Session session, String id) {
    Optional<GrantView> found = overview.find(session, id);
    found.ifPresentOrElse(
        one -> grant(session, id, one.person(), one.requester()),
        () -> desk.notShown(session, GRANT, "", Refusal.GRANT_UNKNOWN));
    return found;
  }

  /** One of them on paper. */
  Optional<Papers.Paper> paper(Session session, String id) {
    Optional<Papers.Paper> found = papers.find(session, id);
    found.ifPresentOrElse(
        one -> grant(session, id, one.user().number(), one.requester().number()),
        () -> desk.notShown(session, GRANT, "", Refusal.GRANT_UNKNOWN));
    return found;
  }

  private void grant(Session session, String id, String user, String requester) {
    if (!isOwn(session, user, requester)) {
      desk.viewed(session, GRANT, user, id);
    }
  }

  /** Who decides in whose place, and what is to be looked at afterwards. */
  DeputyList deputies(Session session) {
    return deputies(session, reviews.list(session));
  }

  /** That list as it is after something was done to it. */
  DeputyList deputies(Session session, DeputyList found) {
    boolean own =
        found.deputies().stream().map(DeputyLine::person).allMatch(one -> isOwn(session, one))
            && found.absences().stream()
                .map(AbsenceLine::person)
                .allMatch(one -> isOwn(session, one))
            && found.reviews().stream().allMatch(one -> isOwn(session, one));
    if (!own) {
      desk.viewed(session, "deputies", "");
    }
    return found;
  }

  /** Whoever decided it or was decided for has to do with it. */
  private static boolean isOwn(Session session, ReviewLine one) {
    return isOwn(session, one.decider(), one.represented());
  }

  /** The 持出簿 of a month. */
  Optional<List<Papers.Paper>> register(Session session, YearMonth month) {
    Optional<List<Papers.Paper>> found = papers.register(session, month);
    list(session, "grants-register", found.isPresent());
    return found;
  }

  /** What does not fit between the organ's exceptions and its log. */
  Optional<ReconciledUses> reconciliation(Session session, Reconciler.Question question) {
    boolean may = desk.holds(session, DeskMedia.READERS);
    list(session, "reconciliation", may);
    return may ? Optional.of(reconciler.of(session, question)) : Optional.empty();
  }

  /** The emergencies that the session's person may see. */
  EmergencyViews emergencies(Session session) {
    EmergencyViews found = emergencies.list(session);
    if (!found.emergencies().stream().allMatch(one -> isOwn(session, one))) {
      desk.viewed(session, "emergencies", "");
    }
    return found;
  }

  private static boolean isOwn(Session session, EmergencyView one) {
    return one.person().equals(session.person()) || one.approvers().contains(session.person());
  }

  /** The register of exceptional measures. */
  Optional<MeasureViews> measures(Session session) {
    Optional<MeasureViews> found = register.list(session);
    list(session, "measures", found.isPresent());
    return found;
  }

  /** One of them. */
  Optional<MeasureView> measure(Session session, String id) {
    Optional<MeasureView> found = register.find(session, id);
    measure(session, id, found);
    return found;
  }

  /** One of them on paper. */
  Optional<MeasureRegister.Paper> measurePaper(Session session, String id) {
    Optional<MeasureRegister.Paper> found = register.paper(session, id);
    measure(session, id, found.map(MeasureRegister.Paper::view));
    return found;
  }

  private void measure(Session session, String id, Optional<MeasureView> found) {
    if (found.isEmpty()) {
      desk.notShown(session, MEASURE, "", Refusal.MEASURE_UNKNOWN);
    } else if (!isOwn(session, found.get().asker())) {
      desk.viewed(session, MEASURE, found.get().asker(), id);
    }
  }

  /** The cases of 漏えい等. */
  Optional<BreachViews> breaches(Session session) {
    Optional<BreachViews> found = breaches.list(session);
    list(session, "breaches", found.isPresent());
    return found;
  }

  /** One of them. */
  Optional<BreachView> breach(Session session, String id) {
    Optional<BreachView> found = breaches.find(session, id);
    if (found.isEmpty()) {
      desk.notShown(session, BREACH, "", Refusal.BREACH_UNKNOWN);
    } else if (!isOwn(session, found.get().opener())) {
      desk.viewed(session, BREACH, found.get().opener(), id);
    }
    return found;
  }

  /** The register of media. */
  Optional<List<MediaList.Line>> media(Session session) {
    Optional<List<MediaList.Line>> found = media.list(session);
    list(session, "media", found.isPresent());
    return found;
  }

  private void list(Session session, String page, boolean shown) {
    if (shown) {
      desk.viewed(session, page, "");
    } else {
      desk.notShown(session, page, "", Refusal.ROLE_MISSING);
    }
  }

  private static boolean isOwn(Session session, String... concerned) {
    return List.of(concerned).contains(session.person());
  }
}
