package jp.sekisho.server.cli;

import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import jp.sekisho.audit.names.NameTable;
import jp.sekisho.audit.names.SealCode;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.audit.Cosignatures;
import jp.sekisho.server.audit.LogBundle;
import jp.sekisho.server.audit.OutsideWitness;
import jp.sekisho.server.audit.PendingEntries;
import jp.sekisho.server.auditor.NamesOfLog;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.storage.PrivateFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code log}: the audit logs. */
@Command(
    name = "log",
    mixinStandardHelpOptions = true,
    subcommands = {
      LogCommand.Export.class,
      LogCommand.Key.class,
      LogResumeCommand.class,
      LogRetentionCommand.class,
      LogSheetCommand.class
    },
    description = {"監査ログ", "The audit logs."})
final class LogCommand {

  /** The log to work on. */
  static final class Which {
    @Option(
        names = "--log",
        required = true,
        paramLabel = "ORGAN",
        description = {
          "機関の ID、または system。閉じた世代は ID@番号",
          "Id of the organ, or system; of a closed generation ID@NUMBER."
        })
    @SuppressWarnings("NullAway.Init") // required
    private String log;

    String name() {
      return log;
    }

    /** Whose log it is, or {@code system}. */
    String organ() {
      return log.split("@", 2)[0];
    }

    /** Whether the installation has it; says so on standard error if not. */
    boolean exists(Console console, Installation installation) {
      boolean exists = installation.logs().has(log);
      if (!exists) {
        console
            .err()
            .println(
                Texts.of(Console.class, console.locale())
                    .say("log.unknown", log, String.join(" ", installation.logs().names())));
      }
      return exists;
    }
  }

  /** {@code log export}. */
  @Command(
      name = "export",
      mixinStandardHelpOptions = true,
      description = {
        "一つの機関のログを、オフラインで検証できる一式（ZIP）に書き出す。書き出しもログに残る。",
        "Writes a log as a bundle (ZIP) for offline verification; the export itself is logged."
      })
  static final class Export implements Callable<Integer> {
    @Mixin private final Console console = new Console();
    @Mixin private final Which which = new Which();

    @Option(names = "--out", required = true, paramLabel = "FILE")
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Option(
        names = "--names",
        description = {
          "氏名と職の表を封緘して一式に加える。開封コードはここに一度だけ表示する",
          "Adds a sealed table of names and posts; its code is shown here, once."
        })
    private boolean names;

    @Override
    public Integer call() {
      return console.run(this::run);
    }

    private int run(Installation installation) throws Exception {
      Texts texts = Texts.of(Console.class, console.locale());
      if (!which.exists(console, installation)) {
        return ExitCode.REFUSED;
      }
      if (names && which.organ().equals(PendingEntries.SYSTEM)) {
        console.err().println(texts.say("log.no-names"));
        return ExitCode.REFUSED;
      }
      installation.logs().integrateNow();
      try {
        PrivateFiles.create(out);
      } catch (FileAlreadyExistsException e) {
        console.err().println(texts.say("log.exists", out));
        return ExitCode.REFUSED;
      }
      boolean whole = false;
      try {
        whole = write(installation, texts);
      } finally {
        if (!whole) {
          Files.deleteIfExists(out); // a part proves nothing and is in the way of the next try
        }
      }
      return whole ? ExitCode.OK : ExitCode.REFUSED;
    }

    /** Whether the log could be written; says on standard error why not. */
    private boolean write(Installation installation, Texts texts) throws Exception {
      LogBundle bundle =
          new Cosignatures(
                  installation.logs(),
                  installation.transactions(),
                  OutsideWitness.read(installation.directory().witnesses()),
                  installation.clock())
              .bundle(which.log);
      if (!bundle.fitsZip()) {
        console.err().println(texts.say("log.too-large", which.log));
        return false;
      }
      String organ = which.organ();
      Entry.Subject subject = PendingEntries.subject(organ);
      NameTable table = names ? NamesOfLog.of(installation, organ) : NameTable.of(List.of());
      // Before the first byte leaves: what is not logged is not exported.
      installation
          .transactions()
          .write(change ->
              change.record(
                  subject,
                  new LogEvent.Exported(
                      which.log, bundle.size(), "console", Map.of(), table.people())));
      try (SealCode code = SealCode.random()) {
        try (OutputStream stream = Files.newOutputStream(out)) {
          if (names) {
            bundle.writeZip(stream, table, code);
          } else {
            bundle.writeZip(stream);
          }
        }
        Map<String, Object> said =
            new TreeMap<>(Map.of("log", which.log, "size", bundle.size(), "file", out.toString()));
        if (names) {
          said.put("code", code.reveal());
        }
        if (console.json()) {
          Json.printLarge(console.out(), said);
        } else {
          console.out().println(texts.say("log.exported", which.log, bundle.size(), out));
          if (names) {
            console.out().println(texts.say("log.exported-names", table.people(), code.reveal()));
          }
        }
      }
      return true;
    }
  }

  /** {@code log key}. */
  @Command(
      name = "key",
      mixinStandardHelpOptions = true,
      description = {
        "ログの検証鍵（公開鍵）を表示する。監査人はこれをログとは別の経路で受け取る。",
        "Prints a log's verification key, which auditors receive by another way than the log."
      })
  static final class Key implements Callable<Integer> {
    @Mixin private final Console console = new Console();
    @Mixin private final Which which = new Which();

    @Override
    public Integer call() {
      return console.run(installation -> {
        if (!which.exists(console, installation)) {
          return ExitCode.REFUSED;
        }
        String key = installation.logs().verifierKey(which.log).toString();
        if (console.json()) {
          Json.print(console.out(), "log", which.log, "key", key);
        } else {
          console.out().println(key);
        }
        return ExitCode.OK;
      });
    }
  }
}
