package jp.sekisho.server.web;

import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.protocol.BreachView;
import jp.sekisho.protocol.MadeReport;
import jp.sekisho.server.web.BreachesPage.Item;
import jp.sekisho.server.web.BreachesPage.Row;
import jp.sekisho.server.web.FormTemplates.Template;
import org.jspecify.annotations.Nullable;

/** Puts cases of 漏えい等 into the words of pages and of the printed form. */
final class BreachesContent {
  private static final String NOTHING = "—";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(LogFilter.JAPAN);
  private static final DateTimeFormatter FIELD =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm").withZone(LogFilter.JAPAN);

  private BreachesContent() {}

  /** A time as a field takes it. */
  static String field(Instant at) {
    return FIELD.format(at);
  }

  static Row row(BreachView view, Instant now, Words words) {
    return new Row(
        view,
        words.text("web.breach.state." + view.state()),
        view.overdue().stream().map(report -> words.text("web.breach.late." + report)).toList(),
        TIME.format(Instant.parse(view.known())),
        kinds(view, words),
        origin(view, words),
        view.opener() + " (" + TIME.format(Instant.parse(view.openedAt())) + ")",
        view.preliminaryDay(),
        view.finalDay().equals(view.countedDay())
            ? view.finalDay()
            : view.finalDay()
                + " ("
                + words.text("web.breach.moved").replace("{day}", view.countedDay())
                + ")",
        made(view.firstReport()),
        made(view.finalReport()),
        closed(view),
        items(view, words),
        LocalDate.ofInstant(now, LogFilter.JAPAN).toString());
  }

  private static String kinds(BreachView view, Words words) {
    return String.join(
        " / ", view.kinds().stream().map(kind -> words.text("web.breach.kind." + kind)).toList());
  }

  private static String origin(BreachView view, Words words) {
    return view.origin() == null
        ? NOTHING
        : words.text("web.breach.origin." + view.origin()) + " " + view.source();
  }

  private static String made(@Nullable MadeReport made) {
    return made == null ? NOTHING : made.date() + " " + made.reference() + " (" + made.by() + ")";
  }

  private static String closed(BreachView view) {
    String at = view.closedAt();
    String reason = view.reason();
    return at == null
        ? NOTHING
        : view.closedBy()
            + " ("
            + TIME.format(Instant.parse(at))
            + ")"
            + (reason == null ? "" : " " + reason);
  }

  private static List<Item> items(BreachView view, Words words) {
    return view.items().byName().entrySet().stream()
        .map(item ->
            new Item(
                item.getKey(), words.text("web.breach.item." + item.getKey()), item.getValue()))
        .toList();
  }

  /** 漏えい等報告書, with the nine items in the order of the rule. */
  static PaperPage.Content paper(
      BreachView view, String organ, Template template, Instant now, Words words) {
    List<PaperPage.Row> rows = new ArrayList<>();
    rows.add(new PaperPage.Row(words.text("web.breach.number"), view.number()));
    rows.add(
        new PaperPage.Row(
            words.text("web.breach.known"), PaperContent.time(Instant.parse(view.known()), words)));
    rows.add(new PaperPage.Row(words.text("web.breach.kinds"), kinds(view, words)));
    rows.add(
        new PaperPage.Row(
            words.text("web.breach.preliminary-day"), day(view.preliminaryDay(), words)));
    rows.add(new PaperPage.Row(words.text("web.breach.final-day"), day(view.finalDay(), words)));
    rows.add(
        new PaperPage.Row(words.text("web.breach.preliminary"), paper(view.firstReport(), words)));
    rows.add(
        new PaperPage.Row(words.text("web.breach.complete"), paper(view.finalReport(), words)));
    items(view, words)
        .forEach(item ->
            rows.add(
                new PaperPage.Row(item.name(), item.text().isEmpty() ? NOTHING : item.text())));
    return new PaperPage.Content(
        "breach",
        template.line("breach.title", words.text("web.breach.paper")),
        PaperContent.date(now, words),
        words.text("web.breach.commission"),
        template.line("from", organ),
        rows,
        List.of(),
        List.of(),
        template.line("note", ""),
        "/breaches/" + view.id());
  }

  private static String paper(@Nullable MadeReport made, Words words) {
    return made == null ? NOTHING : day(made.date(), words) + " " + made.reference();
  }

  private static String day(String day, Words words) {
    return RootSheet.date(LocalDate.parse(day), words.locale());
  }
}
