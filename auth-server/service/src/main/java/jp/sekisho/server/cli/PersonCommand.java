package jp.sekisho.server.cli;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.Directory;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.person.PersonnelOrder;
import jp.sekisho.server.person.PersonnelOrders;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.policy.SignedPolicies;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code person}: the directory. */
@Command(
    name = "person",
    aliases = "persons",
    mixinStandardHelpOptions = true,
    subcommands = {
      PersonCommand.Import.class,
      PersonCommand.Undo.class,
      PersonCommand.Orders.class,
      PersonCommand.ListAll.class
    },
    description = {"職員の登録と発令", "The directory of persons, and personnel orders."})
final class PersonCommand {
  private PersonCommand() {}

  private static PersonImport importer(Installation installation) {
    return new PersonImport(
        installation.transactions(),
        installation.seal(),
        handle -> SignedPolicies.threshold(handle, installation),
        installation.clock());
  }

  /** {@code person import FILE.csv}. */
  @Command(
      name = "import",
      mixinStandardHelpOptions = true,
      description = {
        "職員・発令の CSV（UTF-8 または CP932）を取り込む。全行が正しいときだけ取り込む。",
        "開始日が先の発令は、その日の 0 時（日本時間）に効力を生じ、それまでは person undo で取り消せる。",
        "見出し: staff_number,name,organ,division,division_name,post,from,until,roles",
        "または: 発令区分,職員番号,氏名,機関,課コード,課名,職,任用区分,開始日,終了日,契約終了日,再委託,役割,派遣元",
        "Imports a CSV file (UTF-8 or CP932) of persons or personnel orders: all rows or none.",
        "Orders for a later day count from 00:00 in Japan of that day; until then, undo takes them back."
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
      byte[] bytes;
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MAX_BYTES + 1); // one more is refused as too large
      }
      PersonReport report = new PersonReport(console);
      return switch (importer(installation).run(bytes, dryRun)) {
        case PersonImport.Outcome.Done done -> {
          report.done(done, dryRun);
          yield ExitCode.OK;
        }
        case PersonImport.Outcome.Refused(var faults) -> {
          report.refused(faults);
          console.err().println(report.texts().say("person.refused"));
          yield ExitCode.REFUSED;
        }
      };
    }
  }

  /** {@code person undo O-0007}. */
  @Command(
      name = "undo",
      mixinStandardHelpOptions = true,
      description = {
        "まだ効力を生じていない発令を取り消し、元どおりに戻す",
        "Takes back an order before its first day: everything is as it was."
      })
  static final class Undo implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Parameters(
        index = "0",
        paramLabel = "ORDER",
        description = {"発令番号（例 O-0007）", "The order, such as O-0007."})
    @SuppressWarnings("NullAway.Init") // required
    private String order;

    @Override
    public Integer call() {
      return console.run(this::run);
    }

    private int run(Installation installation) {
      PersonReport report = new PersonReport(console);
      Texts texts = report.texts();
      return switch (importer(installation).undo(order)) {
        case PersonImport.Undone.Done(PersonnelOrder undone, int persons) -> {
          if (console.json()) {
            Json.print(console.out(), "undone", undone.id(), "persons", (long) persons);
          } else {
            console.out().println(texts.say("person.undone", undone.id(), persons));
          }
          yield ExitCode.OK;
        }
        case PersonImport.Undone.Unknown() ->
            refused("UNKNOWN", texts.say("person.undo.unknown", order));
        case PersonImport.Undone.TooLate(LocalDate effective) ->
            refused("TOO_LATE", texts.say("person.undo.late", order, effective));
        case PersonImport.Undone.ChangedSince(List<String> persons) ->
            refused(
                "CHANGED_SINCE", texts.say("person.undo.since", order, String.join(" ", persons)));
        case PersonImport.Undone.Understaffed(var faults) -> {
          report.understaffed(order, faults);
          yield ExitCode.REFUSED;
        }
      };
    }

    private int refused(String code, String text) {
      if (console.json()) {
        Json.print(console.out(), "refused", code);
      }
      console.err().println(text);
      return ExitCode.REFUSED;
    }
  }

  /** {@code person orders}. */
  @Command(
      name = "orders",
      mixinStandardHelpOptions = true,
      description = {"取り込んだ発令の一覧（新しい順）", "The orders taken, newest first."})
  static final class Orders implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Override
    public Integer call() {
      return console.run(this::run);
    }

    private int run(Installation installation) {
      Texts texts = Texts.of(Console.class, console.locale());
      List<PersonnelOrder> orders =
          installation.transactions().read(new PersonnelOrders(installation.seal())::all);
      Instant now = installation.clock().instant();
      if (console.json()) {
        List<Map<String, Object>> list = orders.stream().map(order -> json(order, now)).toList();
        Json.printLarge(console.out(), Map.of("orders", list));
        return ExitCode.OK;
      }
      for (PersonnelOrder order : orders) {
        String state = order.isUndoable(now) ? "WAITING" : order.state().name();
        console
            .out()
            .println(
                texts.say(
                    "person.order",
                    order.id(),
                    order.effective(),
                    order.persons(),
                    texts.say("person.order." + state),
                    Validity.day(order.applied())));
      }
      return ExitCode.OK;
    }

    private static Map<String, Object> json(PersonnelOrder order, Instant now) {
      return Map.of(
          "order",
          order.id(),
          "state",
          order.state().name(),
          "applied",
          order.applied().toString(),
          "effective",
          order.effective().toString(),
          "file",
          order.fileHash(),
          "persons",
          order.persons(),
          "undoable",
          order.isUndoable(now));
    }
  }

  /** {@code person list [--at DAY]}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {"ある日の職員・職・役割の一覧", "Persons, posts and roles of a day."})
  static final class ListAll implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Option(
        names = "--at",
        paramLabel = "DAY",
        description = {"日（例 2027-04-01）。既定は今日", "The day, such as 2027-04-01; today by default."})
    private @Nullable LocalDate at;

    @Override
    public Integer call() {
      return console.run(this::run);
    }

    private int run(Installation installation) {
      LocalDate day = at == null ? Validity.day(installation.clock().instant()) : at;
      PersonReport report = new PersonReport(console);
      report.listed(
          day,
          installation
              .transactions()
              .read(handle -> new Directory(installation.seal()).on(handle, day)));
      report.gaps(importer(installation).gaps());
      return ExitCode.OK;
    }
  }
}
