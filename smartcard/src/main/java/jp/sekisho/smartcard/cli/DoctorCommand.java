package jp.sekisho.smartcard.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.CardText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says what stands between a person and a card login here, and what to do about it. */
@Command(name = "doctor", mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  @Mixin private final RoleOptions roleOptions = new RoleOptions();
  @Mixin private final Output output = new Output();

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    List<Diagnosis.Finding> findings = Diagnosis.run(roleOptions.roles());
    PrintWriter out = spec.commandLine().getOut();
    if (output.json()) {
      Output.print(out, Json.of(Map.of("findings", findings.stream().map(this::json).toList())));
    } else {
      findings.forEach(finding -> Output.print(out, line(finding)));
    }
    return exitCode(findings);
  }

  static int exitCode(List<Diagnosis.Finding> findings) {
    List<Diagnosis.Code> problems =
        findings.stream().map(Diagnosis.Finding::code).filter(code -> !code.isFine()).toList();
    if (problems.isEmpty()) {
      return Output.OK;
    }
    return problems.stream().anyMatch(Diagnosis.Code::isEnvironment)
        ? Output.ENVIRONMENT
        : Output.REFUSED;
  }

  private String line(Diagnosis.Finding finding) {
    String mark = finding.code().isFine() ? "OK" : "NG";
    String head =
        "%s  %s%s: %s"
            .formatted(
                mark,
                output.message("cli.doctor.check." + finding.check()),
                finding.subject().isEmpty() ? "" : " " + finding.subject(),
                what(finding));
    return finding.code().isFine()
        ? head
        : head + "\n    → " + todo(finding) + "\n    " + output.message("cli.code", finding.name());
  }

  private String what(Diagnosis.Finding finding) {
    return finding.code() == Diagnosis.Code.CARD
        ? text(finding).what()
        : output.message("cli.doctor." + finding.code() + ".what", finding.detail());
  }

  private String todo(Diagnosis.Finding finding) {
    return finding.code() == Diagnosis.Code.CARD
        ? cardTodo(finding.failure(), output.locale())
        : output.message("cli.doctor." + finding.code() + ".do", finding.detail());
  }

  /** What to do about a card's failure, and whom to call, in one line. */
  static String cardTodo(CardFailure failure, Locale locale) {
    CardText text = CardText.of(failure, locale, OptionalInt.empty());
    return CardText.message(locale, "card.two-sentences").formatted(text.todo(), text.call());
  }

  private CardText text(Diagnosis.Finding finding) {
    return CardText.of(finding.failure(), output.locale(), OptionalInt.empty());
  }

  private Map<String, Object> json(Diagnosis.Finding finding) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("check", finding.check());
    values.put("ok", finding.code().isFine());
    values.put("code", finding.name());
    if (!finding.subject().isEmpty()) {
      values.put("reader", finding.subject());
    }
    values.put("detail", finding.detail());
    if (!finding.code().isFine()) {
      values.put("what", what(finding));
      values.put("do", todo(finding));
    }
    return values;
  }
}
