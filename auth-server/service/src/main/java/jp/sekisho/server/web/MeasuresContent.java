package jp.sekisho.server.web;

import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.protocol.FiscalYear;
import jp.sekisho.protocol.MeasureView;
import jp.sekisho.protocol.OutOfStep;
import jp.sekisho.server.measure.MeasureRegister;
import jp.sekisho.server.measure.MeasureRegister.Paper;
import jp.sekisho.server.web.FormTemplates.Template;
import jp.sekisho.server.web.MeasuresPage.Form;
import jp.sekisho.server.web.MeasuresPage.MeasureRow;
import jp.sekisho.server.web.PaperPage.Row;
import org.jspecify.annotations.Nullable;

/** Puts exceptional measures into the words of pages and printed forms. */
final class MeasuresContent {
  private static final String NOTHING = "—";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(LogFilter.JAPAN);

  private MeasuresContent() {}

  static MeasureRow row(MeasureView view, Words words) {
    String overdue = view.overdue();
    return new MeasureRow(
        view.id(),
        view.number(),
        view.state(),
        state(view, words),
        overdue,
        overdue == null ? "" : words.text("web.measure.due." + overdue),
        about(view, words),
        view.reason(),
        view.substitute(),
        orNothing(view.document()),
        view.from(),
        view.review(),
        view.until(),
        orNothing(view.renews()),
        view.asker(),
        time(view.requestedAt()),
        by(view.decidedBy(), view.decidedAt()),
        orNothing(view.note()),
        by(view.endedBy(), view.endedAt()),
        by(view.reviewedBy(), view.reviewedAt()),
        orNothing(view.finding()),
        view.text(),
        view.detail(),
        view.signature() != null,
        view.actions());
  }

  private static String state(MeasureView view, Words words) {
    return words.text("web.measure.state." + view.state());
  }

  private static String about(MeasureView view, Words words) {
    List<String> parts = new ArrayList<>();
    if (!view.terminals().isEmpty()) {
      parts.add(words.text("web.log.terminal") + " " + String.join(" ", view.terminals()));
    }
    if (view.division() != null) {
      parts.add(words.text("web.measure.division") + " " + view.division());
    }
    if (view.rule() != null) {
      parts.add(words.text("web.measure.rule") + " " + view.rule());
    }
    return String.join(" / ", parts);
  }

  /** The empty form: from today, to the end of its fiscal year. */
  static Form form(LocalDate today) {
    String end = FiscalYear.end(today).toString();
    return new Form("", "", "", "", "", "", today.toString(), end, end, "");
  }

  /**
   * The form that carries a measure on: what it says, from the day after it, also when that is
   * past.
   */
  static Form renewal(MeasureView view) {
    LocalDate from = LocalDate.parse(view.until()).plusDays(1);
    String end = FiscalYear.end(from).toString();
    return new Form(
        String.join(" ", view.terminals()),
        orEmpty(view.division()),
        orEmpty(view.rule()),
        view.reason(),
        view.substitute(),
        orEmpty(view.document()),
        from.toString(),
        end,
        end,
        view.number());
  }

  static String line(OutOfStep one, Words words) {
    return words
        .text("web.measure.out." + one.what())
        .replace("{subject}", one.subject())
        .replace("{measure}", orNothing(one.measure()));
  }

  /** 例外措置申請書, or 例外措置許可書 with its signature. */
  static PaperPage.Content paper(
      Paper paper, boolean permit, Template template, Instant now, Words words) {
    MeasureView view = paper.view();
    String asker = PaperContent.named(paper.asker().number(), paper.asker().name());
    List<Row> rows = new ArrayList<>();
    rows.add(new Row(words.text("web.measure.number"), view.number()));
    rows.add(new Row(words.text("web.paper.asked"), paperTime(view.requestedAt(), words)));
    rows.add(new Row(words.text("web.grant.requester"), asker));
    rows.add(new Row(words.text("web.measure.about"), about(view, words)));
    rows.add(new Row(words.text("web.grant.reason"), view.reason()));
    rows.add(new Row(words.text("web.measure.substitute"), view.substitute()));
    rows.add(new Row(words.text("web.grant.document"), orNothing(view.document())));
    rows.add(new Row(words.text("web.measure.from"), day(view.from(), words)));
    rows.add(new Row(words.text("web.measure.review-by"), day(view.review(), words)));
    rows.add(new Row(words.text("web.measure.until"), day(view.until(), words)));
    rows.add(new Row(words.text("web.measure.renews"), orNothing(view.renews())));
    rows.add(new Row(words.text("web.grant.state"), state(view, words)));
    return new PaperPage.Content(
        permit ? "measure-permit" : "measure-request",
        permit
            ? template.line("measure-permit.title", words.text("web.measure.paper.permit"))
            : template.line("measure-request.title", words.text("web.measure.paper.request")),
        PaperContent.date(now, words),
        permit ? asker : template.line("to", paper.organ()),
        permit ? template.line("from", paper.organ()) : asker,
        rows,
        permit ? List.of(signature(paper, words)) : List.of(),
        List.of(),
        template.line("note", ""),
        "/measures/" + view.id());
  }

  private static PaperPage.Signed signature(Paper paper, Words words) {
    MeasureView view = paper.view();
    MeasureRegister.Named ciso = paper.ciso();
    return new PaperPage.Signed(
        words.text("web.paper.approval"),
        paperTime(view.decidedAt(), words),
        ciso == null ? NOTHING : PaperContent.named(ciso.number(), ciso.name()),
        day(view.until(), words),
        orNothing(view.signature()));
  }

  private static String day(String day, Words words) {
    return RootSheet.date(LocalDate.parse(day), words.locale());
  }

  private static String paperTime(@Nullable String time, Words words) {
    return PaperContent.time(time == null ? null : Instant.parse(time), words);
  }

  private static String by(@Nullable String person, @Nullable String at) {
    return person == null || at == null ? NOTHING : person + " (" + time(at) + ")";
  }

  private static String time(String time) {
    return TIME.format(Instant.parse(time));
  }

  private static String orNothing(@Nullable String text) {
    return text == null ? NOTHING : text;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
