package jp.sekisho.server.web;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import jp.sekisho.protocol.DeputyList;
import jp.sekisho.protocol.ExtensionView;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.NewBounds;
import jp.sekisho.protocol.NewExport;
import jp.sekisho.protocol.Remanded;
import jp.sekisho.protocol.ReviewLine;
import jp.sekisho.protocol.SeriesView;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.GrantText;
import jp.sekisho.server.grant.Overview.Offer;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.web.GrantsPage.Absence;
import jp.sekisho.server.web.GrantsPage.Deputies;
import jp.sekisho.server.web.GrantsPage.Due;
import jp.sekisho.server.web.GrantsPage.Filled;
import jp.sekisho.server.web.GrantsPage.Form;
import jp.sekisho.server.web.GrantsPage.GrantRow;
import jp.sekisho.server.web.GrantsPage.Kind;
import jp.sekisho.server.web.GrantsPage.Leaving;
import jp.sekisho.server.web.GrantsPage.Longer;
import jp.sekisho.server.web.GrantsPage.Month;
import jp.sekisho.server.web.GrantsPage.Place;
import jp.sekisho.server.web.GrantsPage.Remand;
import jp.sekisho.server.web.GrantsPage.Review;
import jp.sekisho.server.web.GrantsPage.Series;
import jp.sekisho.server.web.GrantsPage.Time;
import jp.sekisho.server.web.GrantsPage.Told;
import org.jspecify.annotations.Nullable;

/** Puts exceptions into the words and times of the page. */
final class GrantsContent {
  private static final String NOTHING = "—";
  private static final String KIND = "web.grant.state.kind.";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(LogFilter.JAPAN);
  private static final DateTimeFormatter FIELD =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm").withZone(LogFilter.JAPAN);
  private static final Duration USUAL = Duration.ofHours(1);

  private GrantsContent() {}

  static GrantRow row(GrantView view, Words words) {
    return new GrantRow(
        view.id(),
        view.state(),
        state(view.state(), view.medium() != null, words),
        view.overdue(),
        view.requester(),
        view.person(),
        view.terminal(),
        view.medium() == null ? NOTHING : view.medium(),
        view.medium() != null,
        time(view.start()),
        time(view.end()),
        view.minutes(),
        view.text(),
        view.detail(),
        time(view.requestedAt()),
        view.decidedBy() == null ? NOTHING : view.decidedBy() + " (" + time(view.decidedAt()) + ")",
        time(view.activatedAt()),
        time(view.deadline()),
        time(view.endedAt()),
        time(view.returnedAt()),
        view.receipt() == null ? "" : view.receipt(),
        time(view.erasedAt()),
        view.remanded() == null ? null : remand(view.remanded()),
        view.extension() == null ? null : longer(view.extension(), words),
        view.reviews().stream().map(line -> review(line, words)).toList(),
        view.series() == null ? null : series(view.series(), words),
        view.useReport() == null
            ? null
            : new Told(
                view.useReport().said(),
                view.useReport().by() + " (" + time(view.useReport().at()) + ")"),
        view.unreported(),
        time(view.reportDue()),
        view.reportOverdue(),
        FIELD.format(Instant.parse(view.end())),
        words.text(KIND + view.capability()),
        orEmpty(view.attendant()),
        passing(view, words),
        view.two(),
        view.firstBy() == null ? "" : view.firstBy() + " (" + time(view.firstAt()) + ")",
        view.actions());
  }

  /** Where it stands; what is about no medium is closed without one having come back. */
  static String state(String state, boolean ofMedium, Words words) {
    String word = state.equals("closed") && !ofMedium ? "over" : state;
    return words.text("web.grant.state." + word);
  }

  /** What a capability is called. */
  static String kind(Capability capability, Words words) {
    return words.text(KIND + capability.text());
  }

  private static String passing(GrantView view, Words words) {
    NewExport export = view.export();
    NewBounds bounds = view.bounds();
    if (export != null) {
      return leaving(export.recipient(), export.files(), export.bytes(), words);
    }
    return bounds == null ? "" : bounded(bounds.files(), bounds.bytes(), words);
  }

  /** How much passes under a text at most, in words; "" where a medium is only read. */
  static String passing(ExportGrant text, Words words) {
    return switch (text.amount()) {
      case null -> "";
      case ExportGrant.Export export ->
          leaving(export.recipient(), export.files(), export.bytes(), words);
      case ExportGrant.Bounds(int files, long bytes) -> bounded(files, bytes, words);
    };
  }

  private static String leaving(String recipient, int files, long bytes, Words words) {
    return words
        .text("web.grant.leaving")
        .replace("{recipient}", recipient)
        .replace("{files}", String.valueOf(files))
        .replace("{bytes}", Sizes.text(bytes, words));
  }

  private static String bounded(int files, long bytes, Words words) {
    return words
        .text(files == 0 ? "web.grant.crossing" : "web.grant.importing")
        .replace("{files}", String.valueOf(files))
        .replace("{bytes}", Sizes.text(bytes, words));
  }

  private static List<Kind> kinds(Offer offer, Words words) {
    return offer.choices().capabilities().stream()
        .map(one -> new Kind(one.text(), kind(one, words)))
        .toList();
  }

  private static Series series(SeriesView view, Words words) {
    return new Series(
        view.series(),
        view.number(),
        rule(view.repeat(), view.count(), words),
        view.rota().size() == 1 ? "" : String.join(" → ", view.rota()),
        view.occurrences().stream()
            .map(one ->
                new Time(
                    one.grant(),
                    one.number(),
                    time(one.start()),
                    time(one.end()),
                    one.state(),
                    words.text("web.grant.state." + one.state()),
                    one.settled()))
            .toList(),
        view.number() > 0
            ? List.of()
            : view.months().stream()
                .map(one -> new Month(one.month(), one.by() + " (" + time(one.at()) + ")"))
                .toList(),
        view.due() == null
            ? null
            : new Due(view.due().month(), view.due().text(), view.due().detail()),
        view.suspended());
  }

  /** How often, in words. */
  static String rule(String repeat, int count, Words words) {
    return words.text("web.grant.state.repeat." + repeat).replace("{n}", String.valueOf(count));
  }

  private static Review review(ReviewLine line, Words words) {
    return new Review(
        line.grant(),
        words.text("web.grant.state.step." + line.step()),
        line.represented(),
        line.decider() + " (" + time(line.at()) + ")",
        line.reviewedBy() == null
            ? NOTHING
            : line.reviewedBy() + " (" + time(line.reviewedAt()) + ")");
  }

  /** Who decides in whose place. */
  static Deputies deputies(DeputyList list, Instant now, Words words) {
    Instant start = now.truncatedTo(ChronoUnit.MINUTES);
    return new Deputies(
        list.deputies().stream()
            .map(one ->
                new Place(
                    one.division(),
                    one.rank(),
                    one.person(),
                    one.from(),
                    one.until(),
                    one.reference()))
            .toList(),
        list.absences().stream()
            .map(one ->
                new Absence(
                    one.absence(),
                    one.person(),
                    time(one.start()),
                    time(one.end()),
                    one.by(),
                    one.mayEnd()))
            .toList(),
        list.reviews().stream().map(line -> review(line, words)).toList(),
        FIELD.format(start),
        FIELD.format(start.plus(Duration.ofDays(1))));
  }

  private static Longer longer(ExtensionView view, Words words) {
    return new Longer(
        view.state(),
        words.text("web.grant.state.extension." + view.state()),
        time(view.end()),
        view.minutes(),
        view.askedBy() + " (" + time(view.askedAt()) + ")",
        view.decidedBy() == null ? NOTHING : view.decidedBy() + " (" + time(view.decidedAt()) + ")",
        view.text(),
        view.detail());
  }

  private static Remand remand(Remanded remanded) {
    return new Remand(remanded.reason(), remanded.by() + " (" + time(remanded.at()) + ")");
  }

  /** The form for a new request of a session's person at its terminal. */
  static Form form(Offer offer, Session session, Words words) {
    Instant start = offer.now().truncatedTo(ChronoUnit.MINUTES);
    Duration span = Duration.ofHours(offer.hours());
    Instant end = start.plus(USUAL.compareTo(span) < 0 ? USUAL : span);
    return new Form(
        offer.media(),
        offer.minutes(),
        inWords(span, words),
        seriesWords(offer, words),
        kinds(offer, words),
        offer.choices().recipients(),
        null,
        new Filled(
            session.person(),
            session.terminal(),
            "",
            FIELD.format(start),
            FIELD.format(end),
            "",
            "",
            "",
            Math.min(offer.minutes(), USUAL.toMinutes()),
            "",
            "",
            "",
            "",
            "",
            Leaving.NOTHING));
  }

  /** The form to mend a request that was sent back, with what it says now. */
  static Form mending(Offer offer, GrantView view, Words words) {
    GrantText signed;
    try {
      signed = GrantText.parse(view.text().getBytes(StandardCharsets.UTF_8));
    } catch (MalformedException e) {
      throw new IllegalStateException("a stored request is not of its form", e);
    }
    GrantSeries series = signed instanceof GrantSeries repeated ? repeated : null;
    ExportGrant text =
        switch (signed) {
          case ExportGrant once -> once;
          case GrantSeries repeated -> repeated.first();
        };
    return new Form(
        offer.media(),
        offer.minutes(),
        inWords(Duration.ofHours(offer.hours()), words),
        seriesWords(offer, words),
        kinds(offer, words),
        offer.choices().recipients(),
        view.id(),
        new Filled(
            text.person(),
            text.terminal(),
            orEmpty(text.medium()),
            FIELD.format(text.start()),
            FIELD.format(text.end()),
            series == null ? "" : series.repeat().text(),
            series == null ? "" : String.valueOf(series.count()),
            series == null
                ? ""
                : String.join(" ", series.people().subList(1, series.people().size())),
            text.minutes(),
            String.valueOf(text.subjects()),
            orEmpty(text.document()),
            orEmpty(text.legalBasis()),
            orEmpty(text.providedTo()),
            text.reason(),
            leaving(text)));
  }

  private static Leaving leaving(ExportGrant text) {
    ExportGrant.Export export = text.export();
    ExportGrant.Amount amount = text.amount();
    return new Leaving(
        text.capability().text(),
        orEmpty(text.attendant()),
        export == null ? "" : export.recipient(),
        amount == null || amount.files() == 0 ? "" : String.valueOf(amount.files()),
        amount == null ? GrantsPage.Amount.NONE : Sizes.field(amount.bytes()),
        export == null ? "" : String.join("\n", export.names()));
  }

  private static String seriesWords(Offer offer, Words words) {
    return offer.seriesDays() == 0 ? "" : inWords(Duration.ofDays(offer.seriesDays()), words);
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String inWords(Duration span, Words words) {
    boolean days = span.toHours() % 24 == 0;
    return words
        .text(days ? "web.grant.days" : "web.grant.hours")
        .replace("{n}", String.valueOf(days ? span.toDays() : span.toHours()));
  }

  private static String time(@Nullable String instant) {
    return instant == null ? NOTHING : TIME.format(Instant.parse(instant));
  }
}
