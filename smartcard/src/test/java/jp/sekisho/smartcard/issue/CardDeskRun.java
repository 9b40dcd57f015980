package jp.sekisho.smartcard.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.cli.CardCommand;
import jp.sekisho.smartcard.simulate.Applet;
import jp.sekisho.smartcard.simulate.CardKey;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.testing.Await;
import jp.sekisho.smartcard.testing.OtherProgram;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.Referee;
import jp.sekisho.smartcard.testing.VirtualCard;

/**
 * A card desk over a real pcscd: the program {@code issue --csv} in a process of its own, somebody
 * who inserts the cards it asks for, and yubico-piv-tool as the judge of each finished card.
 */
final class CardDeskRun implements AutoCloseable {
  private static final String ROLE = "--reader-role=" + PcscService.READER_0 + "=staff";
  private static final String YUBIKEY_ATR = "3BFD1300008131FE158073C021C057597562694B657940";
  private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":\"?([^\",}]*)");

  final Path directory;
  private final PcscService service;
  private final Referee referee;
  private final VirtualCard card;
  private final Path list;
  private final String key;

  /**
   * @param rows how many holders, from staff number 100001
   * @param key type of the keys
   */
  CardDeskRun(Path directory, int rows, String key) throws IOException {
    this.directory = directory;
    this.key = key;
    this.service = PcscService.start();
    this.referee = new Referee(service);
    this.card =
        service.card(
            0, directory.resolve("c"), "--removed", "--uninitialised", "--ca=" + path("ca"));
    this.list =
        Files.writeString(
            path("list.csv"),
            "number,upn,principal\n"
                + String.join(
                    "\n",
                    IntStream.range(100001, 100001 + rows)
                        .mapToObj(n -> "%1$d,u%1$d@town.example,u%1$d@TOWN.EXAMPLE".formatted(n))
                        .toList()));
    assertEquals(0, command("", "issue-test-ca", "" + path("ca")).code());
    // Makes the root that new cards attest under.
    try {
      PivAdministration.open(Desk.insert(Applet.open(blank("probe")))).attestationCertificate();
    } catch (CardException e) {
      throw new IOException(e);
    }
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  /** What a command of ours printed, and exited with. */
  record Run(int code, String out) {}

  /** A command of ours in this process. */
  static Run command(String input, String... arguments) {
    PrintStream out = System.out;
    InputStream in = System.in;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      return new Run(CardCommand.run(arguments), printed.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setIn(in);
    }
  }

  Run resetPin(String input, String... options) {
    return command(
        input, Referee.words(List.of("reset-pin", ROLE, "--pin-stdin", "--json"), options));
  }

  OtherProgram start() throws IOException {
    return OtherProgram.start(
        service,
        CardCommand.class,
        "issue",
        "--json",
        ROLE,
        "--ca=" + path("ca"),
        "--csv=" + list,
        "--journal=" + path("journal"),
        "--half-1=" + path("half-1"),
        "--half-2=" + path("half-2"),
        "--key=" + key,
        "--attestation-root=" + path("ca/attestation/root.der"));
  }

  /** {@code issue --halves-on-screen} of one holder, at a terminal that util-linux makes for it. */
  Process atScreen(String number) throws IOException {
    return OtherProgram.atTerminal(
        service,
        CardCommand.class,
        "issue",
        "--lang=en",
        "--halves-on-screen",
        ROLE,
        "--ca=" + path("ca"),
        "--number=" + number,
        "--key=" + key);
  }

  /** Whether a tool that knows nothing of halves unblocks the PIN with what both make together. */
  void unblock(String first, String second) throws IOException {
    try (Puk puk =
        Puk.join(
                PukHalf.parse(first.toCharArray()).orElseThrow(),
                PukHalf.parse(second.toCharArray()).orElseThrow())
            .orElseThrow(AssertionError::new)) {
      String digits = new String(puk.block(), StandardCharsets.US_ASCII);
      yubico("unblock-pin", "-P" + digits, "-N975310").ok();
    }
    yubico("verify-pin", "-P975310").ok();
  }

  /** The next line of the program with that event; what stands between is in the failure. */
  static String await(OtherProgram program, String event) throws IOException {
    StringBuilder before = new StringBuilder();
    while (true) {
      String line = program.line();
      if (line.contains("\"event\":\"" + event + "\"")) {
        return line;
      }
      before.append(line).append('\n');
      if (line.isEmpty() || line.contains("failure")) {
        throw new AssertionError("no " + event + ":\n" + before);
      }
    }
  }

  static String field(String line, String name) {
    Matcher fields = FIELD.matcher(line);
    while (fields.find()) {
      if (fields.group(1).equals(name)) {
        return fields.group(2);
      }
    }
    throw new AssertionError("no " + name + " in " + line);
  }

  /** A new card, made if it is not there yet. */
  private Path blank(String number) throws IOException {
    Path memory = path("c" + number);
    Applet.open(
        memory,
        new NewCard(
            NewCard.Kind.UNINITIALISED,
            "0",
            Optional.of(path("ca")),
            Optional.empty(),
            CardKey.P256,
            Optional.of(YUBIKEY_ATR)));
    return memory;
  }

  void insert(String number) throws IOException {
    card.swap(blank(number));
  }

  /** As {@link #insert}, and until the card service saw it: for commands that do not wait. */
  void insertAndWait(String number) throws IOException {
    insert(number);
    Await.until(
        "the card is in",
        Duration.ofSeconds(20),
        () -> !command("", "status", ROLE, "--json").out().contains("NO_CARD"));
  }

  void remove() throws IOException {
    card.remove();
  }

  /** The PUK that both papers make together, for a tool that knows nothing of halves. */
  String puk(String cardId) throws IOException {
    try (Puk puk = Puk.join(half(1, cardId), half(2, cardId)).orElseThrow(AssertionError::new)) {
      return new String(puk.block(), StandardCharsets.US_ASCII);
    }
  }

  String written(int role, String cardId) throws IOException {
    List<String> lines =
        Files.readAllLines(path("half-" + role)).stream()
            .filter(line -> line.contains("," + cardId + ","))
            .toList();
    String last = lines.get(lines.size() - 1);
    return last.substring(last.lastIndexOf(',') + 1);
  }

  private PukHalf half(int role, String cardId) throws IOException {
    return PukHalf.parse(written(role, cardId).toCharArray()).orElseThrow(AssertionError::new);
  }

  private Referee.Run yubico(String action, String... arguments) throws IOException {
    return referee.run(
        Referee.words(
            List.of("yubico-piv-tool", "-r" + PcscService.READER_0, "-a", action), arguments));
  }

  /** The judgement of one finished card, which lies in the reader. */
  void judge(String issued) throws IOException {
    String number = field(issued, "number");
    String cardId = field(issued, "card");
    assertTrue(issued.contains("\"attested\":true"), issued);
    String status = yubico("status").ok();
    assertTrue(status.contains("serialNumber=" + number), status);
    assertTrue(status.contains("PIN tries left:\t3"), status);
    Path certificate = path("read.crt");
    String pem = yubico("read-certificate", "-s9a").ok();
    Files.writeString(certificate, pem.substring(pem.indexOf("-----BEGIN")));
    String serial =
        referee.run("openssl", "x509", "-noout", "-serial", "-in", "" + certificate).ok();
    assertTrue(serial.strip().equalsIgnoreCase("serial=" + field(issued, "certificate")), serial);
    assertNotEquals(0, yubico("verify-pin", "-P123456").exitCode(), "PIN of new cards");
    assertNotEquals(0, yubico("set-chuid").exitCode(), "management key of new cards");
    assertNotEquals(
        0, yubico("unblock-pin", "-P12345678", "-N123456").exitCode(), "PUK of new cards");
    yubico("unblock-pin", "-P" + puk(cardId), "-N246810").ok();
    String tested =
        yubico("verify-pin", "-P246810", "-atest-signature", "-s9a", "-i" + certificate).ok();
    assertTrue(tested.contains("Successful"), tested);
    assertNotEquals(
        0, yubico("test-signature", "-s9a", "-i" + certificate).exitCode(), "signs before VERIFY");
  }

  /** openssl follows the attestation yubico-piv-tool fetches to the test root. */
  void judgeAttestation() throws IOException {
    Path statement = path("statement.crt");
    Path signer = path("f9.crt");
    Path root = path("attestation-root.crt");
    Files.writeString(statement, yubico("attest", "-s9a").ok());
    Files.writeString(signer, yubico("read-certificate", "-sf9").ok());
    referee
        .run(
            "openssl",
            "x509",
            "-inform",
            "der",
            "-in",
            "" + path("ca/attestation/root.der"),
            "-out",
            "" + root)
        .ok();
    String verified =
        referee
            .run(
                "openssl",
                "verify",
                "-CAfile",
                "" + root,
                "-untrusted",
                "" + signer,
                "" + statement)
            .ok();
    assertTrue(verified.contains("OK"), verified);
  }

  @Override
  public void close() {
    card.close();
    service.close();
  }
}
