package jp.sekisho.server.web;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.server.grant.Papers.Named;
import jp.sekisho.server.grant.Papers.Paper;
import jp.sekisho.server.grant.Papers.Signed;
import jp.sekisho.server.grant.Turn;
import jp.sekisho.server.web.FormTemplates.Template;
import jp.sekisho.server.web.PaperPage.Content;
import jp.sekisho.server.web.PaperPage.Line;
import jp.sekisho.server.web.PaperPage.Row;
import org.jspecify.annotations.Nullable;

/** Puts exceptions into the words of printed forms. */
final class PaperContent {
  private static final String NOTHING = "—";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm").withZone(LogFilter.JAPAN);

  private PaperContent() {}

  /** 申請書, or 許可書 with its signatures. */
  static Content form(Paper paper, boolean permit, Template template, Instant now, Words words) {
    ExportGrant text = paper.text();
    List<Row> rows = new ArrayList<>();
    rows.add(new Row(words.text("web.paper.id"), text.request()));
    rows.add(new Row(words.text("web.paper.asked"), time(paper.asked(), words)));
    rows.add(new Row(words.text("web.grant.requester"), named(paper.requester())));
    rows.add(new Row(words.text("web.paper.user"), named(paper.user())));
    rows.add(new Row(words.text("web.log.terminal"), text.terminal()));
    if (text.medium() != null) {
      rows.add(new Row(words.text("web.grant.medium"), text.medium()));
    }
    rows.add(new Row(words.text("web.paper.kind"), GrantsContent.kind(text.capability(), words)));
    String attendant = text.attendant();
    if (attendant != null) {
      rows.add(new Row(words.text("web.grant.attendant"), attendant));
    }
    ExportGrant.Export export = text.export();
    if (export != null) {
      rows.add(new Row(words.text("web.grant.recipient"), export.recipient()));
    }
    ExportGrant.Amount amount = text.amount();
    if (amount != null && amount.files() > 0) {
      rows.add(new Row(words.text("web.grant.files"), String.valueOf(amount.files())));
    }
    if (amount != null) {
      rows.add(new Row(words.text("web.grant.bytes"), Sizes.text(amount.bytes(), words)));
    }
    if (export != null && !export.names().isEmpty()) {
      rows.add(new Row(words.text("web.grant.names"), String.join(" / ", export.names())));
    }
    rows.add(
        new Row(
            words.text("web.grant.period"),
            time(text.start(), words) + " – " + time(text.end(), words)));
    Turn turn = paper.turn();
    if (turn != null) {
      String rule = GrantsContent.rule(turn.series().repeat().text(), turn.series().count(), words);
      rows.add(
          new Row(
              words.text("web.grant.series"),
              turn.isSeries()
                  ? rule
                  : rule
                      + " "
                      + words
                          .text("web.grant.series.number")
                          .replace("{n}", String.valueOf(turn.number()))));
    }
    if (turn != null && turn.isSeries() && turn.series().people().size() > 1) {
      rows.add(
          new Row(words.text("web.grant.series.rota"), String.join(" → ", turn.series().people())));
    }
    rows.add(new Row(words.text("web.grant.minutes"), String.valueOf(text.minutes())));
    rows.add(new Row(words.text("web.grant.reason"), text.reason()));
    rows.add(new Row(words.text("web.grant.document"), orNothing(text.document())));
    rows.add(new Row(words.text("web.grant.legal-basis"), orNothing(text.legalBasis())));
    rows.add(new Row(words.text("web.grant.provided-to"), orNothing(text.providedTo())));
    rows.add(new Row(words.text("web.grant.subjects"), String.valueOf(text.subjects())));
    rows.add(
        new Row(
            words.text("web.grant.state"),
            GrantsContent.state(paper.state(), text.medium() != null, words)));
    if (permit) {
      rows.add(new Row(words.text("web.grant.activated"), time(paper.activated(), words)));
      rows.add(new Row(words.text("web.grant.ended"), time(paper.ended(), words)));
    }
    if (permit && text.medium() != null) {
      boolean handedOver = paper.receipt() != null;
      rows.add(
          new Row(
              words.text(handedOver ? "web.grant.handed-over" : "web.grant.returned"),
              returned(paper, words)));
      if (!handedOver) {
        rows.add(new Row(words.text("web.grant.erased"), time(paper.erased(), words)));
      }
    }
    return new Content(
        permit ? "permit" : "request",
        permit
            ? template.line("permit.title", words.text("web.paper.permit"))
            : template.line("request.title", words.text("web.paper.request")),
        date(now, words),
        permit ? named(paper.requester()) : template.line("to", paper.organ()),
        permit ? template.line("from", paper.organ()) : named(paper.requester()),
        rows,
        permit ? signatures(paper, words) : List.of(),
        List.of(),
        template.line("note", ""),
        "/grants/" + text.request());
  }

  /** 持出簿 of a month. */
  static Content register(
      List<Paper> papers, YearMonth month, Template template, Instant now, Words words) {
    return new Content(
        "register",
        template.line("register.title", words.text("web.paper.register"))
            + " "
            + RootSheet.date(month.atDay(1), words.locale())
            + " – "
            + RootSheet.date(month.atEndOfMonth(), words.locale()),
        date(now, words),
        "",
        template.line("from", ""),
        List.of(),
        List.of(),
        papers.stream().map(paper -> line(paper, words)).toList(),
        template.line("note", ""),
        "/grants");
  }

  private static Line line(Paper paper, Words words) {
    ExportGrant text = paper.text();
    Signed last = paper.signatures().isEmpty() ? null : paper.signatures().getLast();
    String state = GrantsContent.state(paper.state(), text.medium() != null, words);
    Named returnedBy = paper.returnedBy();
    return new Line(
        orNothing(text.medium()),
        kind(text, words),
        named(paper.user()),
        text.terminal(),
        time(paper.activated(), words),
        time(paper.deadline(), words),
        back(paper, words),
        returnedBy == null ? NOTHING : named(returnedBy),
        last == null ? NOTHING : by(last, words),
        last == null ? NOTHING : last.signature(),
        paper.overdue() ? state + " " + words.text("web.grant.overdue") : state);
  }

  /** What it was used for, with what left at most and who stood by. */
  private static String kind(ExportGrant text, Words words) {
    String kind = GrantsContent.kind(text.capability(), words) + GrantsContent.passing(text, words);
    String attendant = text.attendant();
    return attendant == null
        ? kind
        : kind + " " + words.text("web.grant.attendant") + " " + attendant;
  }

  private static List<PaperPage.Signed> signatures(Paper paper, Words words) {
    List<PaperPage.Signed> lines = new ArrayList<>();
    for (Signed one : paper.signatures()) {
      lines.add(
          new PaperPage.Signed(
              words.text("web.grant.state.signed." + one.what()),
              time(one.at(), words),
              by(one, words),
              time(one.end(), words) + " / " + one.minutes(),
              one.signature()));
    }
    return lines;
  }

  private static String by(Signed one, Words words) {
    Named represented = one.represented();
    return represented == null
        ? named(one.by())
        : named(one.by())
            + " ("
            + words.text("web.paper.instead").replace("{person}", named(represented))
            + ")";
  }

  private static String returned(Paper paper, Words words) {
    Named by = paper.returnedBy();
    return by == null ? NOTHING : back(paper, words) + " " + named(by);
  }

  /** When it came back, or was handed over by which receipt. */
  private static String back(Paper paper, Words words) {
    String at = time(paper.returned(), words);
    return paper.receipt() == null
        ? at
        : at + " " + words.text("web.reconciliation.receipt").replace("{number}", paper.receipt());
  }

  private static String named(Named one) {
    return named(one.number(), one.name());
  }

  /** A person on paper; by the number alone where the directory has no name. */
  static String named(String number, String name) {
    return name.isEmpty() ? number : name + " (" + number + ")";
  }

  private static String orNothing(@Nullable String text) {
    return text == null ? NOTHING : text;
  }

  static String date(Instant at, Words words) {
    return RootSheet.date(LocalDate.ofInstant(at, LogFilter.JAPAN), words.locale());
  }

  static String time(@Nullable Instant at, Words words) {
    return at == null ? NOTHING : date(at, words) + " " + TIME.format(at);
  }
}
