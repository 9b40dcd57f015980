package jp.sekisho.smartcard.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.testing.Await;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.VirtualCard;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules that are not ours: SoftHSM, OpenSC over the virtual PIV card, and two that misbehave. */
@Tag("pcsc")
@Timeout(180)
class Pkcs11IT {
  private static final Path OPENSC = Path.of("/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so");
  private static final Path SOFTHSM = Path.of("/usr/lib/softhsm/libsofthsm2.so");
  private static final byte[] DATA = "statement".getBytes(StandardCharsets.UTF_8);
  private static final ReaderRoles STAFF =
      new ReaderRoles(List.of(ReaderRoles.Rule.parse("*=staff")));

  @TempDir static Path directory;
  private static PcscService service;
  private static VirtualCard card;
  private static final Map<String, String> environment = new HashMap<>();

  @BeforeAll
  static void start() throws Exception {
    for (String[] need :
        new String[][] {
          {OPENSC.toString(), "opensc-pkcs11"},
          {SOFTHSM.toString(), "softhsm2"},
          {"/usr/bin/softhsm2-util", "softhsm2"},
          {"/usr/bin/pkcs11-tool", "opensc"},
          {"/usr/bin/openssl", "openssl"},
          {"/usr/bin/gcc", "gcc libc6-dev"}
        }) {
      assertTrue(new File(need[0]).exists(), "apt-get install " + need[1]);
    }
    service = PcscService.start();
    environment.putAll(service.environment());
    card = service.card(0, directory.resolve("card"));
    Path tokens = Files.createDirectory(directory.resolve("tokens"));
    Path configuration = directory.resolve("softhsm2.conf");
    Files.writeString(
        configuration, "directories.tokendir = " + tokens + "\nobjectstore.backend = file\n");
    environment.put("SOFTHSM2_CONF", configuration.toString());
    softHsm("First", "rsa", "-newkey", "rsa:2048");
    softHsm("Second", "ec", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
  }

  @AfterAll
  static void stop() {
    card.close();
    service.close();
  }

  private static void softHsm(String label, String name, String... key) throws Exception {
    Path pem = directory.resolve(name + ".pem");
    Path certificate = directory.resolve(name + ".der");
    String[] request = {
      "openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=" + label, "-outform", "DER"
    };
    run(concat(request, concat(key, "-keyout", pem.toString(), "-out", certificate.toString())));
    run(
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        label,
        "--so-pin",
        "12345678",
        "--pin",
        "1234");
    run(
        "softhsm2-util",
        "--import",
        pem.toString(),
        "--token",
        label,
        "--label",
        name,
        "--id",
        "01",
        "--pin",
        "1234");
    run(
        "pkcs11-tool",
        "--module",
        SOFTHSM.toString(),
        "--token-label",
        label,
        "--login",
        "--pin",
        "1234",
        "--write-object",
        certificate.toString(),
        "--type",
        "cert",
        "--id",
        "01",
        "--label",
        name);
  }

  private static String[] concat(String[] first, String... second) {
    String[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private static void run(String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), String.join(" ", command) + "\n" + output);
  }

  private static Pkcs11Card token(Path module, TokenSelector selector) {
    return new Pkcs11Card(module, selector, STAFF, Pkcs11Card.LIMIT, environment, false);
  }

  private static Pkcs11Outcome.Present present(Pkcs11Card token) {
    Pkcs11Outcome[] outcome = new Pkcs11Outcome[1];
    Await.until(
        "the token is readable",
        Duration.ofSeconds(30),
        () -> {
          outcome[0] = token.read();
          return outcome[0] instanceof Pkcs11Outcome.Present;
        });
    return (Pkcs11Outcome.Present) outcome[0];
  }

  private static void signs(Pkcs11Card token, X509Certificate certificate, String pin) {
    Pkcs11Outcome outcome = token.sign(Fingerprint.of(certificate), pin.toCharArray(), DATA);
    Pkcs11Outcome.Signed signed =
        assertInstanceOf(Pkcs11Outcome.Signed.class, outcome, outcome.toString());
    assertTrue(SignatureVerifier.verifies(certificate.getPublicKey(), DATA, signed.signature()));
    assertEquals(Assurance.LOW, signed.assurance());
  }

  private static CardFailure refused(Pkcs11Outcome outcome) {
    return assertInstanceOf(Pkcs11Outcome.Refused.class, outcome, outcome.toString()).failure();
  }

  @ParameterizedTest
  @CsvSource({"First,RSA", "Second,EC"})
  void softHsmSignsWithTheTokenOfThatLabelAndOfThatSerial(String label, String algorithm) {
    Pkcs11Card byLabel = token(SOFTHSM, TokenSelector.label(label));
    Pkcs11Outcome.Present present = present(byLabel);
    assertEquals(1, present.certificates().size());
    X509Certificate certificate = present.certificates().get(0);
    assertEquals("CN=" + label, certificate.getSubjectX500Principal().getName());
    assertEquals(algorithm, certificate.getPublicKey().getAlgorithm());
    signs(byLabel, certificate, "1234");
    Pkcs11Card bySerial = token(SOFTHSM, TokenSelector.serial(present.serial()));
    assertEquals(label, present(bySerial).label());
    signs(bySerial, certificate, "1234");
  }

  @Test
  void aTokenThatIsNotThereAndACertificateThatIsNotOnItAreRefused() {
    assertEquals(CardFailure.NO_CARD, refused(token(SOFTHSM, TokenSelector.label("Third")).read()));
    X509Certificate other =
        present(token(SOFTHSM, TokenSelector.label("Second"))).certificates().get(0);
    assertEquals(
        CardFailure.CARD_SWAPPED,
        refused(
            token(SOFTHSM, TokenSelector.label("First"))
                .sign(Fingerprint.of(other), "1234".toCharArray(), DATA)));
  }

  @Test
  void openscSignsWithThePivCardAlsoAfterItWasOutAndInAndAWrongPinIsSaid() throws Exception {
    String serial = openscSerial();
    Pkcs11Card token = token(OPENSC, TokenSelector.serial(serial));
    Pkcs11Outcome.Present present = present(token);
    X509Certificate certificate = present.certificates().get(0);
    signs(token, certificate, "123456");
    assertEquals(
        CardFailure.PIN_WRONG,
        refused(token.sign(Fingerprint.of(certificate), "000000".toCharArray(), DATA)));
    card.remove();
    Await.until(
        "the token is gone",
        Duration.ofSeconds(20),
        () -> token.read() instanceof Pkcs11Outcome.Refused);
    card.insert();
    present(token);
    signs(token, certificate, "123456");
  }

  /** As an administrator would find it: by the label pkcs11-tool shows, then the serial. */
  private static String openscSerial() throws Exception {
    String[] serial = new String[1];
    Await.until(
        "OpenSC shows the token",
        Duration.ofSeconds(30),
        () -> {
          ProcessBuilder builder =
              new ProcessBuilder("pkcs11-tool", "--module", OPENSC.toString(), "-L");
          builder.environment().putAll(environment);
          Process process = builder.start();
          String list = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          int at = list.indexOf("serial num");
          if (at >= 0) {
            serial[0] =
                list.substring(list.indexOf(':', at) + 1).lines().findFirst().orElse("").strip();
          }
          return serial[0] != null && !serial[0].isEmpty();
        });
    return serial[0];
  }

  @Test
  void noModuleIsEvenStartedWhileAResidentsReaderIsThere() {
    List<ReaderRoles.Rule> oneOfTwo =
        List.of(ReaderRoles.Rule.parse(PcscService.READER_0 + "=staff"));
    Pkcs11Card token =
        new Pkcs11Card(
            OPENSC,
            TokenSelector.serial("1"),
            new ReaderRoles(oneOfTwo),
            Pkcs11Card.LIMIT,
            environment);
    assertEquals(CardFailure.READER_NOT_GRANTED, refused(token.read()));
  }

  private static Path module(String name, String body) throws Exception {
    Path source = directory.resolve(name + ".c");
    Path library = directory.resolve(name + ".so");
    Files.writeString(
        source,
        "#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\n"
            + "long C_GetFunctionList(void **l) { puts(\"\\nvendor chatter\"); fflush(stdout); "
            + body
            + " }\n");
    run("gcc", "-shared", "-fPIC", "-o", library.toString(), source.toString());
    return library;
  }

  @ParameterizedTest
  @CsvSource({
    "crash,*(volatile int *)0 = 1; return 0;",
    "aborts,abort(); return 0;",
    "exits,_exit(0); return 0;",
    "refuses,return 5;",
    "leaves-a-helper,if (fork() == 0) { sleep(60); _exit(0); } return 5;",
  })
  void aModuleThatCrashesOrRefusesIsAnOutcome(String name, String body) throws Exception {
    Pkcs11Card token = token(module(name, body), TokenSelector.label("x"));
    assertEquals(CardFailure.CARD_ERROR, refused(token.read()));
  }

  @Test
  void aModuleThatHangsIsKilledAfterTheLimit() throws Exception {
    Pkcs11Card token =
        new Pkcs11Card(
            module("hangs", "for (;;) pause(); return 0;"),
            TokenSelector.label("x"),
            STAFF,
            Duration.ofSeconds(5),
            environment);
    long before = children();
    assertEquals(CardFailure.CARD_TIMEOUT, refused(token.read()));
    Await.until("the child is gone", Duration.ofSeconds(5), () -> children() == before);
  }

  private static long children() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
  }

  @Test
  void whatIsNoModuleIsAnOutcome() throws IOException {
    for (Path library :
        List.of(
            directory.resolve("absent.so"),
            Path.of("/lib/x86_64-linux-gnu/libc.so.6"),
            Files.writeString(directory.resolve("text.so"), "text"))) {
      assertEquals(
          CardFailure.CARD_ERROR, refused(token(library, TokenSelector.label("x")).read()));
    }
  }

  @Test
  void thePinIsNeitherInTheArgumentsNorInTheEnvironmentOfTheChild() throws Exception {
    Pkcs11Card token =
        new Pkcs11Card(
            module("sleeps", "for (;;) pause(); return 0;"),
            TokenSelector.label("x"),
            STAFF,
            Duration.ofSeconds(20),
            environment);
    List<Long> before = ProcessHandle.current().children().map(ProcessHandle::pid).toList();
    Thread signing =
        new Thread(
            () -> token.sign(Fingerprint.ofDer(new byte[0]), "8642097531".toCharArray(), DATA));
    signing.start();
    byte[][] seen = new byte[2][];
    Await.until(
        "the child runs Java",
        Duration.ofSeconds(10),
        () -> {
          for (ProcessHandle child : ProcessHandle.current().children().toList()) {
            Path proc = Path.of("/proc", String.valueOf(child.pid()));
            if (!before.contains(child.pid())
                && Files.readString(proc.resolve("maps")).contains("sleeps.so")) {
              seen[0] = Files.readAllBytes(proc.resolve("cmdline"));
              seen[1] = Files.readAllBytes(proc.resolve("environ"));
              child.destroyForcibly();
              return true;
            }
          }
          return false;
        });
    signing.join();
    for (byte[] bytes : seen) {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      assertTrue(bytes.length > 0 && !text.contains("8642097531"), text);
    }
  }
}
