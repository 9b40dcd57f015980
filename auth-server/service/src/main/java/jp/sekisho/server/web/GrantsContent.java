package jp.sekisho.server.web;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.server.grant.Overview.Offer;
import jp.sekisho.server.web.GrantsPage.Form;
import jp.sekisho.server.web.GrantsPage.GrantRow;
import org.jspecify.annotations.Nullable;

/** Puts exceptions into the words and times of the page. */
final class GrantsContent {
  private static final String NOTHING = "—";
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
        words.text("web.grant.state." + view.state()),
        view.overdue(),
        view.requester(),
        view.person(),
        view.terminal(),
        view.medium(),
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
        view.actions());
  }

  static Form form(Offer offer, Words words) {
    Instant start = offer.now().truncatedTo(ChronoUnit.MINUTES);
    Duration span = Duration.ofHours(offer.hours());
    Instant end = start.plus(USUAL.compareTo(span) < 0 ? USUAL : span);
    return new Form(
        offer.media(),
        offer.minutes(),
        inWords(span, words),
        FIELD.format(start),
        FIELD.format(end),
        Math.min(offer.minutes(), USUAL.toMinutes()));
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
