package jp.sekisho.smartcard.cli;

import java.io.PrintWriter;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.pcsc.GrantedReader;
import jp.sekisho.smartcard.pcsc.PcscCard;
import jp.sekisho.smartcard.pcsc.PcscContext;
import jp.sekisho.smartcard.pcsc.ReaderRole;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.piv.CardReading;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.verify.PathVerifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows the cards in staff readers. Asks for no PIN and costs no try. */
@Command(name = "status", mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Mixin private final RoleOptions roleOptions = new RoleOptions();
  @Mixin private final Output output = new Output();

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  /** What one reader gave. */
  private record Row(String reader, CardReading reading) {}

  @Override
  public Integer call() {
    List<Row> rows = new ArrayList<>();
    CardFailure none = CardFailure.NO_READER;
    boolean shared = false;
    try (PcscContext context = PcscContext.establish()) {
      ReaderRoles roles = roleOptions.roles();
      for (String name : context.readers()) {
        none = CardFailure.READER_NOT_GRANTED;
        shared |= roles.roleOf(name) == ReaderRole.SHARED;
        roles.grant(name).ifPresent(reader -> rows.add(new Row(name, read(reader))));
      }
    } catch (CardException e) {
      none = e.failure();
    }
    print(rows, none, shared);
    return rows.stream().anyMatch(row -> row.reading() instanceof CardReading.Present)
        ? Output.OK
        : Output.exitCode(rows.isEmpty() ? none : failure(rows.get(0)));
  }

  private static CardReading read(GrantedReader reader) {
    // Its own connection: a card that another program holds makes the connection useless.
    try (PcscContext context = PcscContext.establish();
        PcscCard card = context.connect(reader)) {
      return new PivCard(card).read();
    } catch (CardException e) {
      return new CardReading.Refused(e.failure(), String.valueOf(e.getMessage()));
    }
  }

  private static CardFailure failure(Row row) {
    return row.reading() instanceof CardReading.Refused refused
        ? refused.failure()
        : CardFailure.CARD_ERROR;
  }

  /**
   * @param shared there is a shared reader, whose cards status does not show
   */
  private void print(List<Row> rows, CardFailure none, boolean shared) {
    PrintWriter out = spec.commandLine().getOut();
    if (output.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("cards", rows.stream().map(StatusCommand::json).toList());
      if (rows.isEmpty()) {
        document.put("failure", none.name());
      }
      Output.print(out, Json.of(document));
    } else if (rows.isEmpty()) {
      Output.print(
          out,
          shared && none == CardFailure.READER_NOT_GRANTED
              ? output.message("cli.status.shared") + "\n" + output.message("cli.code", none.name())
              : output.refusal(none));
    }
    if (!output.json()) {
      rows.forEach(row -> Output.print(out, row.reader() + "\n" + text(row.reading()).indent(2)));
    }
  }

  private String text(CardReading reading) {
    if (!(reading instanceof CardReading.Present card)) {
      return output.refusal(((CardReading.Refused) reading).failure());
    }
    X509Certificate certificate = card.certificate();
    return String.join(
        "\n",
        output.message(
            "cli.status.card",
            Output.printable(PathVerifier.subjectNumber(certificate).orElse("-"))),
        output.message("cli.status.fingerprint", card.fingerprint()),
        output.message(
            "cli.status.validity",
            certificate.getNotBefore().toInstant(),
            certificate.getNotAfter().toInstant()),
        output.message("cli.status.tries", card.triesLeft()));
  }

  private static Map<String, Object> json(Row row) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("reader", row.reader());
    if (row.reading() instanceof CardReading.Present card) {
      values.put("subjectNumber", PathVerifier.subjectNumber(card.certificate()).orElse(""));
      values.put("certificateSha256", card.fingerprint().hex());
      values.put("notBefore", card.certificate().getNotBefore().toInstant().toString());
      values.put("notAfter", card.certificate().getNotAfter().toInstant().toString());
      values.put("triesLeft", card.triesLeft());
    } else {
      values.put("failure", failure(row).name());
    }
    return values;
  }
}
