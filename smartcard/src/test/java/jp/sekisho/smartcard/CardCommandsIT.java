package jp.sekisho.smartcard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.smartcard.cli.CardCommand;
import jp.sekisho.smartcard.testing.Await;
import jp.sekisho.smartcard.testing.OtherProgram;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.VirtualCard;
import jp.sekisho.smartcard.verify.PathVerifier;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands as an operator types them, over a real pcscd. */
@Tag("pcsc")
@Timeout(120)
class CardCommandsIT {
  private static final String ROLE = "--reader-role=" + PcscService.READER_0 + "=staff";

  @TempDir static Path directory;
  private static PcscService service;
  private static VirtualCard card;
  private static Path file;

  @SuppressWarnings("NullAway.Init") // set before each test
  private static Path memory;

  private static int cards;

  @BeforeAll
  static void start() throws IOException {
    service = PcscService.start();
    card = service.card(0, directory.resolve("card"));
    file = Files.writeString(directory.resolve("file"), "text to sign");
  }

  @BeforeEach
  void freshCard() throws IOException {
    memory = directory.resolve("c" + ++cards);
    card.swap(memory);
    awaitCard();
  }

  @AfterAll
  static void stop() {
    card.close();
    service.close();
  }

  private static void awaitCard() {
    Await.until(
        "the card is in",
        Duration.ofSeconds(20),
        () -> {
          String fingerprint =
              Fingerprint.ofDer(Files.readAllBytes(memory.resolve("9a.der"))).hex();
          return run("", "status", ROLE, "--json").out().contains(fingerprint);
        });
  }

  private record Run(int code, String out) {}

  private static Run run(String input, String... arguments) {
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

  @Test
  void signWritesASignatureThatVerifiesAndSaysWhoseItIs() throws Exception {
    Path signature = directory.resolve("file.sig");
    Run run = run("１２３４５６\n", "sign", ROLE, "--pin-stdin", "--json", file.toString());
    assertEquals(0, run.code(), run.out());
    assertTrue(run.out().contains("\"subjectNumber\":\"100042\""), run.out());
    assertTrue(
        SignatureVerifier.verifies(
            PathVerifier.parse(Files.readAllBytes(memory.resolve("9a.der"))).getPublicKey(),
            Files.readAllBytes(file),
            Files.readAllBytes(signature)));
    assertFalse(card.trace().toString().contains("313233343536"), "no PIN in the trace");
  }

  @Test
  void signRefusesWithACodeAndTheTriesLeftAndWritesNothing() {
    Path out = directory.resolve("never.sig");
    String[] command = {
      "sign", ROLE, "--pin-stdin", "--json", "--out", out.toString(), file.toString()
    };
    assertEquals("{\"failure\":\"PIN_FORMAT\",\"triesLeft\":3}\n", run("12345\n", command).out());
    Run wrong = run("000000\n", command);
    assertEquals(1, wrong.code());
    assertEquals("{\"failure\":\"PIN_WRONG\",\"triesLeft\":2}\n", wrong.out());
    assertEquals(1, run("000000\n", command).code());
    assertEquals(
        "{\"failure\":\"PIN_LAST_TRY\",\"triesLeft\":1}\n", run("123456\n", command).out());
    assertFalse(Files.exists(out));
    String[] last = {
      "sign", ROLE, "--pin-stdin", "--use-last-try", "--out", out.toString(), file.toString()
    };
    assertEquals(0, run("123456\n", last).code(), "and the counter is full again");
    assertEquals(3, run("", command).code(), "no line: nobody to ask");
  }

  @Test
  void changePinTakesTheOldAndTheNewAndTheOldIsWorthNothingThen() {
    String[] command = {"change-pin", ROLE, "--pin-stdin", "--json"};
    assertEquals("{\"changed\":true}\n", run("123456\n24681012\n", command).out());
    assertEquals(
        "{\"failure\":\"PIN_WRONG\",\"triesLeft\":2}\n", run("123456\n13579135\n", command).out());
    assertEquals(1, run("24681012\n12\n", command).code(), "the new one is no PIN");
    assertEquals("{\"changed\":true}\n", run("24681012\n123456\n", command).out());
  }

  @Test
  void watchPrintsALineForEveryCardThatComesAndGoes() throws Exception {
    try (OtherProgram watch =
        OtherProgram.start(service, CardCommand.class, "watch", ROLE, "--json", "--events", "3")) {
      List<String> lines = new ArrayList<>(List.of(watch.line()));
      card.remove();
      lines.add(watch.line());
      card.insert();
      lines.addAll(watch.rest());
      assertEquals(3, lines.size(), lines.toString());
      String[] expected = {"inserted", "removed", "inserted"};
      for (int i = 0; i < 3; i++) {
        String line = lines.get(i);
        assertTrue(line.startsWith("{\"time\":\"20"), line);
        assertTrue(
            line.endsWith(
                "\"event\":\"" + expected[i] + "\",\"reader\":\"" + PcscService.READER_0 + "\"}"),
            line);
      }
    }
    awaitCard();
  }

  @Test
  void aSharedReaderIsLeftAloneByWhatAsksNobodyAtTheScreen() throws Exception {
    int before = card.trace().size();
    String shared = "--reader-role=*=shared";
    Run sign = run("123456\n", "sign", shared, "--pin-stdin", "--json", file.toString());
    assertEquals("{\"failure\":\"READER_NOT_GRANTED\"}\n", sign.out());
    assertEquals(1, run("", "change-pin", shared, "--pin-stdin").code());
    run("", "doctor", shared);
    run("", "status", shared);
    assertEquals(before, card.trace().size());
  }

  /** At a terminal that util-linux makes: the question comes before the first command. */
  @Test
  void aSharedReaderIsConnectedOnlyOnceItsQuestionWasAnsweredAtTheScreen() throws Exception {
    int before = card.trace().size();
    Path signed = directory.resolve("shared.sig");
    Process process =
        OtherProgram.atTerminal(
            service,
            CardCommand.class,
            "sign",
            "--lang=en",
            "--reader-role=*=shared",
            "--out=" + signed,
            file.toString());
    try (Reader screen = process.inputReader(StandardCharsets.UTF_8);
        OutputStream keys = process.getOutputStream()) {
      seen(screen, "also serves residents");
      seen(screen, "no card is touched):");
      assertEquals(before, card.trace().size());
      keys.write("\n".getBytes(StandardCharsets.UTF_8));
      keys.flush();
      seen(screen, "tries left: 3");
      keys.write("123456\n".getBytes(StandardCharsets.UTF_8));
      keys.flush();
      seen(screen, "shared.sig");
      assertEquals(0, process.waitFor());
      assertTrue(Files.exists(signed));
      assertTrue(card.trace().size() > before);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void seen(Reader screen, String text) throws IOException {
    StringBuilder shown = new StringBuilder();
    while (shown.indexOf(text) < 0) {
      int next = screen.read();
      assertTrue(next >= 0, "no " + text + " in " + shown);
      shown.append((char) next);
    }
  }

  @Test
  void doctorNamesWhatIsWrongAndWhatToDoInBothLanguages() throws Exception {
    assertEquals(0, run("", "doctor", ROLE).code());
    card.remove();
    Await.until(
        "the reader is empty",
        Duration.ofSeconds(10),
        () -> run("", "doctor", ROLE, "--json").out().contains("\"EMPTY\""));
    Run empty = run("", "doctor", ROLE, "--lang", "ja");
    assertEquals(1, empty.code());
    assertTrue(empty.out().contains("職員証を入れて"), empty.out());
    assertTrue(run("", "doctor", ROLE, "--lang", "en").out().contains("Insert (or hold up)"));
    card.insert();
    awaitCard();
    service.stop();
    Run down = run("", "doctor", ROLE, "--json");
    assertEquals(3, down.code());
    assertTrue(down.out().contains("\"SERVICE_STOPPED\""), down.out());
    service.resume();
    awaitCard();
  }

  @Test
  void aModuleIsUsedOnlyWhereEveryReaderIsTheStaffs() {
    Run run =
        run(
            "1234\n",
            "sign",
            ROLE,
            "--module",
            "/x.so",
            "--token-label",
            "x",
            "--pin-stdin",
            "--json",
            file.toString());
    assertEquals("{\"failure\":\"READER_NOT_GRANTED\"}\n", run.out());
    assertEquals(2, run("", "sign", ROLE, "--module", "/x.so", file.toString()).code());
    assertEquals(2, run("", "sign", ROLE, "--token-label", "x", file.toString()).code());
  }
}
