package jp.sekisho.server.cli;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.PersonDiff;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.person.RowFault;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code person}: the directory. */
@Command(
    name = "person",
    mixinStandardHelpOptions = true,
    subcommands = PersonCommand.Import.class,
    description = {"職員の登録", "The directory of persons."})
final class PersonCommand {

  /** {@code person import FILE.csv}. */
  @Command(
      name = "import",
      mixinStandardHelpOptions = true,
      description = {
        "職員の CSV（UTF-8 または CP932）を取り込む。全行が正しいときだけ取り込む。",
        "見出し: staff_number,name,organ,division,division_name,post,from,until,roles",
        "Imports a CSV file (UTF-8 or CP932) of persons: all rows or none."
      })
  static final class Import implements Callable<Integer> {
    private static final int MAX_BYTES = 4 << 20;

    @Mixin private final Console console = new Console();

    @Option(
        names = "--dry-run",
        description = {"変更内容を表示するだけで取り込まない", "Only say what would change."})
    private boolean dryRun;

    @Parameters(index = "0", paramLabel = "FILE.csv")
    @SuppressWarnings("NullAway.Init") // required
    private Path file;

    @Override
    public Integer call() {
      return console.run(this::run);
    }

    private int run(Installation installation) throws Exception {
      Texts texts = Texts.of(Console.class, console.locale());
      byte[] bytes;
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MAX_BYTES + 1); // one more is refused as too large
      }
      PersonImport importer = new PersonImport(installation.transactions(), installation.seal());
      return switch (importer.run(bytes, dryRun)) {
        case PersonImport.Outcome.Done done -> {
          report(texts, done);
          yield ExitCode.OK;
        }
        case PersonImport.Outcome.Refused(var faults) -> {
          for (RowFault fault : faults) {
            console
                .err()
                .println(
                    texts.say(
                        "person.fault",
                        fault.line(),
                        texts.say("person.fault." + fault.code(), fault.value()),
                        fault.code()));
          }
          console.err().println(texts.say("person.refused"));
          yield ExitCode.REFUSED;
        }
      };
    }

    private void report(Texts texts, PersonImport.Outcome.Done done) {
      if (console.json()) {
        Json.print(
            console.out(),
            "changed",
            (long) done.changed().size(),
            "unchanged",
            (long) done.unchanged(),
            "dryRun",
            dryRun);
        return;
      }
      for (PersonDiff person : done.changed()) {
        console
            .out()
            .println(
                texts.say(person.added() ? "person.added" : "person.updated", person.number()));
        for (PersonDiff.Field field : person.fields()) {
          console
              .out()
              .println(
                  texts.say(
                      "person.field",
                      texts.say("person.column." + field.column()),
                      field.before().isEmpty() ? "—" : field.before(),
                      field.after().isEmpty() ? "—" : field.after()));
        }
      }
      console
          .out()
          .println(
              texts.say(
                  dryRun ? "person.would" : "person.done",
                  done.changed().size(),
                  done.unchanged()));
    }
  }
}
