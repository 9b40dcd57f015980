package jp.sekisho.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import jp.sekisho.server.audit.PendingEntries;
import jp.sekisho.server.audit.Retention;
import jp.sekisho.server.audit.Retentions;
import jp.sekisho.server.auditor.Keeping;
import jp.sekisho.server.config.Installation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code log retention}: how long a log is kept, its legal holds, and deleting what is due now. At
 * the console nobody is logged in: who ordered it says the document, which the entry names.
 */
@Command(
    name = "retention",
    mixinStandardHelpOptions = true,
    description = {
      "ログの保存期間と法的保全を表示・変更し、期間を過ぎた記録を削除する（削除は毎日自動でも行う）。",
      "Shows or changes how long a log is kept and its legal holds; deletes what is due, as happens"
          + " each day by itself."
    })
final class LogRetentionCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final Console console = new Console();
  @Mixin private final LogCommand.Which which = new LogCommand.Which();

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private @Nullable Change change;

  @Option(
      names = "--reference",
      paramLabel = "DOCUMENT",
      description = {
        "根拠の文書番号（--years、--hold、--lift に必要）",
        "Document that orders it; needed with --years, --hold and --lift."
      })
  private @Nullable String reference;

  /** One change at a time. */
  static final class Change {
    @Option(
        names = "--years",
        paramLabel = "N",
        description = {"保存年数（1〜100、既定 7）", "Years, 1 to 100; 7 by default."})
    private @Nullable Integer years;

    @Option(
        names = "--hold",
        description = {"法的保全を始める", "Set a legal hold."})
    private boolean hold;

    @Option(
        names = "--lift",
        paramLabel = "ID",
        description = {"法的保全を終える", "Lift a legal hold."})
    private @Nullable String lift;

    @Option(
        names = "--prune",
        description = {"期間を過ぎた記録を今すぐ削除する", "Delete what is due now."})
    private boolean prune;
  }

  @Override
  public Integer call() {
    boolean orders = change != null && !change.prune;
    if (orders != (reference != null)) {
      throw new ParameterException(
          spec.commandLine(),
          "--reference goes with --years, --hold and --lift, and these with it");
    }
    String document = reference == null ? "" : reference;
    return console.run(installation -> run(installation, document));
  }

  private int run(Installation installation, String document) {
    if (which.name().indexOf('@') >= 0) {
      console.err().println(texts().say("log.retention-generation", which.name()));
      return ExitCode.REFUSED;
    }
    if (!which.exists(console, installation)) {
      return ExitCode.REFUSED;
    }
    Retentions retentions = Keeping.of(installation);
    String log = which.name();
    Change asked = change;
    long deleted = 0;
    if (asked != null) {
      try {
        if (asked.years != null) {
          Retention _ =
              retentions.setYears(PendingEntries.subject(log), log, asked.years, document);
        } else if (asked.hold) {
          if (retentions.hold(PendingEntries.subject(log), log, document).isEmpty()) {
            console.err().println(texts().say("log.retention-full", Retention.MOST_HOLDS));
            return ExitCode.REFUSED;
          }
        } else if (asked.lift != null) {
          if (!retentions.lift(PendingEntries.subject(log), log, asked.lift, document)) {
            console.err().println(texts().say("log.retention-no-hold", asked.lift));
            return ExitCode.REFUSED;
          }
        } else if (asked.prune) {
          installation.logs().integrateNow();
          deleted = retentions.prune(log);
        }
      } catch (IllegalArgumentException e) {
        console.err().println(texts().say("log.retention-invalid"));
        return ExitCode.REFUSED;
      }
    }
    print(log, retentions.of(log), deleted);
    return ExitCode.OK;
  }

  /**
   * @param kept empty where the term is not known any more
   */
  private void print(String log, Optional<Retention> kept, long deleted) {
    List<Retention.Hold> standing = kept.map(Retention::holds).orElse(List.of());
    long years = kept.map(Retention::years).orElse(0);
    if (console.json()) {
      List<Object> holds = new ArrayList<>();
      for (Retention.Hold hold : standing) {
        holds.add(Map.of("id", hold.id(), "since", hold.since(), "reference", hold.reference()));
      }
      Json.printLarge(
          console.out(),
          new TreeMap<>(Map.of("log", log, "years", years, "deleted", deleted, "holds", holds)));
      return;
    }
    console
        .out()
        .println(
            kept.isPresent()
                ? texts().say("log.retention", log, years, deleted)
                : texts().say("log.retention-unknown", log));
    for (Retention.Hold hold : standing) {
      console
          .out()
          .println(texts().say("log.retention-hold", hold.id(), hold.since(), hold.reference()));
    }
  }

  private Texts texts() {
    return Texts.of(Console.class, console.locale());
  }
}
