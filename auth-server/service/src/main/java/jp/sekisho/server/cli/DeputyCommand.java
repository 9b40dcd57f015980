package jp.sekisho.server.cli;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.grant.Deputies;
import jp.sekisho.server.grant.Deputy;
import jp.sekisho.server.person.Validity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code deputy}: the orders of deputies (代決の順位) of each division's approvers. */
@Command(
    name = "deputy",
    mixinStandardHelpOptions = true,
    subcommands = {
      DeputyCommand.Name.class,
      DeputyCommand.Remove.class,
      DeputyCommand.Listing.class
    },
    description = {"代決の順位", "Who decides in place of absent approvers."})
final class DeputyCommand {
  private DeputyCommand() {}

  private static int report(
      Console console, Installation installation, String key, Verdict<Deputy> verdict) {
    return switch (verdict) {
      case Verdict.Refused<Deputy>(Refusal reason) ->
          MediumCommand.refused(console, installation, "deputy.refused", reason);
      case Verdict.Passed<Deputy>(Deputy deputy) -> {
        if (console.json()) {
          Json.printLarge(console.out(), row(deputy));
        } else {
          console
              .out()
              .println(
                  Texts.of(DeputyCommand.class, console.locale())
                      .say(
                          key,
                          deputy.id(),
                          deputy.division(),
                          deputy.rank(),
                          deputy.person(),
                          deputy.validity().from().toString(),
                          deputy.validity().until().toString()));
        }
        yield ExitCode.OK;
      }
    };
  }

  private static Map<String, Object> row(Deputy deputy) {
    Map<String, Object> row = new TreeMap<>();
    row.put("deputy", deputy.id());
    row.put("division", deputy.division());
    row.put("rank", deputy.rank());
    row.put("person", deputy.person());
    row.put("from", deputy.validity().from().toString());
    row.put("until", deputy.validity().until().toString());
    row.put("reference", deputy.reference());
    return row;
  }

  /** {@code deputy name S-1 --organ mayor --division 0101 --rank 1 …}. */
  @Command(
      name = "name",
      mixinStandardHelpOptions = true,
      description = {
        "課の承認者が不在のときに代決する職員と順位を登録する。この職員の職員証も、署名されたポリシーの承認者の一覧に載っている必要がある。",
        "Names who decides when the approvers of a division are absent. That person's card must be"
            + " on the signed policy's list of approvers as well."
      })
  static final class Name implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Parameters(
        index = "0",
        paramLabel = "PERSON",
        description = {"代決者の職員番号", "Staff number of the deputy."})
    @SuppressWarnings("NullAway.Init") // required
    private String person;

    @Option(
        names = "--organ",
        required = true,
        paramLabel = "ID",
        description = {"機関", "The organ."})
    @SuppressWarnings("NullAway.Init") // required
    private String organ;

    @Option(
        names = "--division",
        required = true,
        paramLabel = "CODE",
        description = {"承認者の課のコード", "Code of the approvers' division."})
    @SuppressWarnings("NullAway.Init") // required
    private String division;

    @Option(
        names = "--rank",
        required = true,
        paramLabel = "N",
        description = {"順位（1から9）", "Rank, 1 to 9."})
    private int rank;

    @Option(
        names = "--from",
        required = true,
        paramLabel = "DAY",
        description = {"最初の日（例 2026-04-01）", "First day, such as 2026-04-01."})
    @SuppressWarnings("NullAway.Init") // required
    private LocalDate from;

    @Option(
        names = "--until",
        required = true,
        paramLabel = "DAY",
        description = {"最後の日", "Last day."})
    @SuppressWarnings("NullAway.Init") // required
    private LocalDate until;

    @Option(
        names = "--reference",
        required = true,
        paramLabel = "DOCUMENT",
        description = {"根拠の文書番号", "Document that orders it."})
    @SuppressWarnings("NullAway.Init") // required
    private String reference;

    @Override
    public Integer call() {
      return console.run(this::run);
    }

    private int run(Installation installation) {
      Verdict<Deputy> verdict =
          MediumCommand.isOrgan(installation, organ) && !until.isBefore(from)
              ? new Deputies(installation.transactions(), installation.seal())
                  .name(
                      organ,
                      new Deputies.Place(
                          division, person, rank, new Validity(from, until), reference))
              : Verdict.refused(Refusal.DEPUTY_INVALID);
      return report(console, installation, "deputy.named", verdict);
    }
  }

  /** {@code deputy remove ID --organ mayor --reference 総第9号}. */
  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = {"順位から外す。", "Takes a place out of its order."})
  static final class Remove implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Parameters(
        index = "0",
        paramLabel = "DEPUTY",
        description = {"一覧に出る番号", "Id as the list shows it."})
    @SuppressWarnings("NullAway.Init") // required
    private String deputy;

    @Option(
        names = "--organ",
        required = true,
        paramLabel = "ID",
        description = {"機関", "The organ."})
    @SuppressWarnings("NullAway.Init") // required
    private String organ;

    @Option(
        names = "--reference",
        required = true,
        paramLabel = "DOCUMENT",
        description = {"根拠の文書番号", "Document that orders it."})
    @SuppressWarnings("NullAway.Init") // required
    private String reference;

    @Override
    public Integer call() {
      return console.run(this::run);
    }

    private int run(Installation installation) {
      Verdict<Deputy> verdict =
          MediumCommand.isOrgan(installation, organ)
              ? new Deputies(installation.transactions(), installation.seal())
                  .remove(organ, deputy, reference)
              : Verdict.refused(Refusal.DEPUTY_INVALID);
      return report(console, installation, "deputy.removed", verdict);
    }
  }

  /** {@code deputy list --organ mayor}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {"代決の順位を表示する。", "Shows the orders of deputies."})
  static final class Listing implements Callable<Integer> {
    @Mixin private final Console console = new Console();

    @Option(
        names = "--organ",
        required = true,
        paramLabel = "ID",
        description = {"機関", "The organ."})
    @SuppressWarnings("NullAway.Init") // required
    private String organ;

    @Override
    public Integer call() {
      return console.run(this::run);
    }

    private int run(Installation installation) {
      if (!MediumCommand.isOrgan(installation, organ)) {
        return MediumCommand.refused(
            console, installation, "deputy.refused", Refusal.INPUT_MALFORMED);
      }
      Deputies deputies = new Deputies(installation.transactions(), installation.seal());
      List<Deputy> orders =
          installation
              .database()
              .read(handle -> deputies.orders(handle, organ, installation.clock().instant()));
      if (console.json()) {
        List<Object> rows = new ArrayList<>();
        orders.forEach(one -> rows.add(row(one)));
        Json.printLarge(console.out(), new TreeMap<>(Map.of("organ", organ, "deputies", rows)));
        return ExitCode.OK;
      }
      if (orders.isEmpty()) {
        console.out().println(Texts.of(DeputyCommand.class, console.locale()).say("deputy.none"));
      }
      for (Deputy one : orders) {
        console
            .out()
            .printf(
                Locale.ROOT,
                "%s %s %d %s %s %s %s%n",
                one.id(),
                one.division(),
                one.rank(),
                one.person(),
                one.validity().from(),
                one.validity().until(),
                one.reference());
      }
      return ExitCode.OK;
    }
  }
}
