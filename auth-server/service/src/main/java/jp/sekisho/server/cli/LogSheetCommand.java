package jp.sekisho.server.cli;

import java.util.List;
import java.util.concurrent.Callable;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.audit.PendingEntries;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.storage.EntryReceipt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code log sheet}: what a root sheet (ルート証明シート) has, for printing from a console: size, root, key
 * and the signed note. {@code sekisho-audit verify --sheet} checks a later bundle against it.
 */
@Command(
    name = "sheet",
    mixinStandardHelpOptions = true,
    description = {
      "ルート証明シートの内容（件数・ルート・鍵・署名付き確定記録）を表示する。印刷して IT 部門の外で保管する。毎月行う。",
      "Prints what a root sheet has: size, root, key, signed checkpoint. To be kept on paper, outside"
          + " IT, each month."
    })
final class LogSheetCommand implements Callable<Integer> {
  @Mixin private final Console console = new Console();
  @Mixin private final LogCommand.Which which = new LogCommand.Which();

  @Override
  public Integer call() {
    return console.run(this::run);
  }

  private int run(Installation installation) {
    if (!which.exists(console, installation)) {
      return ExitCode.REFUSED;
    }
    installation.logs().integrateNow();
    String log = which.name();
    String checkpoint = installation.logs().newest(log).checkpoint();
    List<String> lines = checkpoint.lines().toList();
    String organ = log.split("@", 2)[0];
    Entry.Subject subject = PendingEntries.subject(organ);
    EntryReceipt _ =
        installation
            .transactions()
            .write(change ->
                change.record(
                    subject,
                    new LogEvent.SheetMade(log, Long.parseLong(lines.get(1)), lines.get(2))));
    String key = installation.logs().verifierKey(log).toString();
    if (console.json()) {
      Json.print(
          console.out(),
          "origin",
          lines.get(0),
          "size",
          Long.parseLong(lines.get(1)),
          "root",
          lines.get(2),
          "key",
          key,
          "checkpoint",
          checkpoint);
    } else {
      console
          .out()
          .println(
              Texts.of(Console.class, console.locale())
                  .say(
                      "log.sheet",
                      lines.get(0),
                      lines.get(1),
                      lines.get(2),
                      key,
                      installation.clock().instant(),
                      checkpoint));
    }
    return ExitCode.OK;
  }
}
