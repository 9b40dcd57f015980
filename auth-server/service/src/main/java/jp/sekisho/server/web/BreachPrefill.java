package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import jp.sekisho.protocol.BreachItems;
import jp.sekisho.protocol.EmergencyView;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.NewBreach;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.desk.DeskMedia;
import jp.sekisho.server.emergency.Emergencies;
import jp.sekisho.server.grant.Medium;
import jp.sekisho.server.grant.Overview;
import jp.sekisho.server.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * Fills in the nine items of a new case of 漏えい等 with what the service knows of where it comes from:
 * ids, times and numbers, never a name, and nothing that anybody typed. Thread-safe.
 */
@Singleton
@Requires(beans = Installation.class)
final class BreachPrefill {
  /** Shorter than a 個人番号. */
  private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,9}");

  private final Overview grants;
  private final DeskMedia media;
  private final Emergencies emergencies;
  private final AuditLogs logs;

  BreachPrefill(
      Overview grants, DeskMedia media, Emergencies emergencies, Installation installation) {
    this.grants = grants;
    this.media = media;
    this.emergencies = emergencies;
    this.logs = installation.logs();
  }

  /** What the service knows of a case's origin, in words. */
  private record Known(String sentence, String data, String subjects) {}

  /** The items; empty when there is no such origin that the session's person may see. */
  Optional<BreachItems> items(Session by, NewBreach wanted, Words words) {
    return known(by, wanted, words)
        .map(known -> {
          String unknown = words.text("web.breach.fill.unknown");
          String none = words.text("web.breach.fill.none");
          return new BreachItems(
              (words.text("web.breach.fill.known").replace("{time}", known(wanted.known(), words))
                      + "\n"
                      + known.sentence())
                  .strip(),
              known.data().isEmpty() ? unknown : known.data(),
              known.subjects().isEmpty() ? unknown : known.subjects(),
              unknown,
              unknown,
              none,
              none,
              unknown,
              "");
        });
  }

  private static String known(String time, Words words) {
    try {
      return PaperContent.time(Instant.parse(time.strip()), words);
    } catch (DateTimeException e) {
      return "?"; // It is refused for that.
    }
  }

  private Optional<Known> known(Session by, NewBreach wanted, Words words) {
    String origin = wanted.origin();
    String item = wanted.source();
    if (origin == null || item == null) {
      return origin == null && item == null ? Optional.of(new Known("", "", "")) : Optional.empty();
    }
    return switch (origin) {
      case "grant" -> grants.find(by, item).map(grant -> of(grant, words));
      case "medium" ->
          media.list(by).stream()
              .flatMap(lines -> lines.stream())
              .map(line -> line.medium())
              .filter(medium -> medium.id().equals(item))
              .flatMap(medium -> Optional.ofNullable(of(medium, words)).stream())
              .findFirst();
      case "emergency" ->
          emergencies.list(by).emergencies().stream()
              .filter(one -> one.id().equals(item))
              .map(one -> of(one, words))
              .findFirst();
      case "entry" ->
          INDEX.matcher(item).matches() && Long.parseLong(item) < logs.size(by.organ())
              ? Optional.of(
                  new Known(
                      words
                          .text("web.breach.fill.entry")
                          .replace("{log}", by.organ() + "@" + logs.generation(by.organ()))
                          .replace("{index}", item),
                      "",
                      ""))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Known of(GrantView grant, Words words) {
    String medium = grant.medium();
    return new Known(
        words
            .text(medium == null ? "web.breach.fill.grant.no-medium" : "web.breach.fill.grant")
            .replace("{id}", grant.id())
            .replace("{terminal}", grant.terminal())
            .replace("{medium}", medium == null ? "" : medium)
            .replace("{start}", PaperContent.time(Instant.parse(grant.start()), words))
            .replace("{end}", PaperContent.time(Instant.parse(grant.end()), words)),
        medium == null ? "" : words.text("web.breach.fill.data").replace("{medium}", medium),
        words.text("web.breach.fill.subjects").replace("{n}", String.valueOf(subjects(grant))));
  }

  private static int subjects(GrantView grant) {
    try {
      return ExportGrant.parse(grant.text().getBytes(StandardCharsets.UTF_8)).subjects();
    } catch (MalformedException e) {
      throw new IllegalStateException("the text of an exception", e);
    }
  }

  /** Of a medium that is not lost nothing is known. */
  private static @Nullable Known of(Medium medium, Words words) {
    Medium.Loss loss = medium.loss();
    return loss == null
        ? null
        : new Known(
            words
                .text("web.breach.fill.medium")
                .replace("{medium}", medium.id())
                .replace("{time}", PaperContent.time(loss.at(), words)),
            words.text("web.breach.fill.data").replace("{medium}", medium.id()),
            "");
  }

  private static Known of(EmergencyView one, Words words) {
    String medium = one.medium();
    return new Known(
        words
            .text("web.breach.fill.emergency")
            .replace("{id}", one.id())
            .replace("{terminal}", one.terminal())
            .replace("{time}", PaperContent.time(Instant.parse(one.openedAt()), words)),
        medium == null ? "" : words.text("web.breach.fill.data").replace("{medium}", medium),
        "");
  }
}
