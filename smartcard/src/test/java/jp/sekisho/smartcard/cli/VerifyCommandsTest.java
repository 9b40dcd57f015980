package jp.sekisho.smartcard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jp.sekisho.smartcard.simulate.TestCa;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What verify-path and verify-signature take and print, which others build upon. Long because both
 * share the files, the batch and what is unusable.
 */
class VerifyCommandsTest {
  private static final String VALID = "{\"valid\":true,\"reason\":\"\",\"clause\":\"\"}";

  @TempDir static Path directory;
  private static TestCa ca;
  private static KeyPair key;
  private static String root;
  private static String crl;
  private static String leaf;
  private static String other;

  private record Run(int exitCode, String out) {}

  @BeforeAll
  static void files() throws Exception {
    ca = TestCa.open(directory.resolve("ca"));
    TestCa stranger = TestCa.open(directory.resolve("stranger"));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    key = generator.generateKeyPair();
    Instant now = Instant.now();
    X509Certificate certificate =
        ca.issue(
            key.getPublic(),
            new TestCa.Subject(
                "100042",
                Optional.empty(),
                now.minus(Duration.ofDays(1)),
                now.plus(Duration.ofDays(1))));
    root = write("root.der", ca.root().getEncoded());
    other = write("other.der", stranger.root().getEncoded());
    leaf = write("leaf.der", certificate.getEncoded());
    crl = ca.crl().toString();
  }

  private static String write(String name, byte[] content) throws Exception {
    return Files.write(directory.resolve(name), content).toString();
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(type, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
  }

  private static Run run(String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int code = CardCommand.run(arguments);
      return new Run(code, out.toString(StandardCharsets.UTF_8).strip());
    } finally {
      System.setOut(before);
    }
  }

  private static Run batch(String command, String lines, String... more) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
    try {
      return run(words(more, command, "--batch"));
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void aValidPathIsOneLineAndExitZero() {
    assertEquals(new Run(0, VALID), run("verify-path", "--anchor", root, "--crl", crl, leaf));
    assertEquals(new Run(0, VALID), run("verify-path", "--anchor", root, "--no-revocation", leaf));
  }

  @Test
  void withoutACrlTheAnswerIsNo() {
    Run run = run("verify-path", "--anchor", root, leaf);
    assertEquals(1, run.exitCode());
    assertTrue(run.out().endsWith("\"clause\":\"6.3.3\"}"), run.out());
  }

  @Test
  void severalFilesMayFollowOneOptionAndTheLastWordIsTheCertificate() {
    assertEquals(
        new Run(0, VALID),
        run(
            "verify-path",
            "--anchor",
            other,
            root,
            "--intermediate",
            other,
            root,
            "--crl",
            crl,
            leaf));
    assertEquals(
        0, run("verify-path", leaf, "--anchor", root, "--anchor", other, "--crl", crl).exitCode());
    assertEquals(0, run("verify-path", leaf, "--crl", crl, "--anchor", other, root).exitCode());
  }

  @Test
  void pemWithSeveralBlocksIsReadAsDer() throws Exception {
    String both =
        write(
            "both.pem",
            (pem("CERTIFICATE", Files.readAllBytes(Path.of(other)))
                    + "text in between\n"
                    + pem("CERTIFICATE", Files.readAllBytes(Path.of(root))))
                .getBytes(StandardCharsets.US_ASCII));
    String list =
        write(
            "crl.pem",
            pem("X509 CRL", Files.readAllBytes(Path.of(crl))).getBytes(StandardCharsets.US_ASCII));
    assertEquals(0, run("verify-path", "--anchor", both, "--crl", list, leaf).exitCode());
  }

  @Test
  void whatFailedIsNamedWithItsSection() {
    for (String[] expected :
        new String[][] {
          {"--at=2001-01-01T00:00:00Z", "6.1.3(a)(2)"},
          {"--key-usage=keyAgreement", "4.2.1.3"},
          {"--eku=emailProtection", "4.2.1.12"}
        }) {
      Run run = run("verify-path", "--anchor", root, "--no-revocation", expected[0], leaf);
      assertEquals(1, run.exitCode());
      assertTrue(run.out().startsWith("{\"valid\":false,\"reason\":\""), run.out());
      assertTrue(run.out().endsWith("\"clause\":\"" + expected[1] + "\"}"), run.out());
    }
    Run policy =
        run(
            "verify-path",
            "--anchor",
            root,
            "--no-revocation",
            "--require-explicit-policy",
            "--policy",
            "1.2.3.4",
            leaf);
    assertTrue(policy.out().endsWith("\"clause\":\"6.1.5(g)\"}"), policy.out());
    assertEquals(
        0,
        run(
                "verify-path",
                "--anchor",
                root,
                "--no-revocation",
                "--require-explicit-policy",
                "--policy",
                ca.policy(),
                "--policy",
                "1.2.3.4",
                "--inhibit-policy-mapping",
                "--inhibit-any-policy",
                "--key-usage=digitalSignature",
                "--eku=clientAuth",
                leaf)
            .exitCode());
  }

  @Test
  void unusableInputIsTwoAndStillALineOfJson() throws Exception {
    String text = write("text", "no certificate".getBytes(StandardCharsets.US_ASCII));
    for (String[] arguments :
        new String[][] {
          {"verify-path", "--anchor", text, leaf},
          {"verify-path", "--anchor", root, text},
          {"verify-path", "--anchor", root, "--crl", text, leaf},
          {"verify-path", "--anchor", root, "--key-usage", "everything", leaf},
          {"verify-path", "--anchor", root, "--policy", "x", leaf},
          {"verify-path", "--anchor", root},
          {"verify-path", leaf},
          {"verify-signature", "--certificate", leaf, leaf},
          {"verify-signature", "--certificate", text, "--signature", text, leaf},
        }) {
      Run run = run(arguments);
      assertEquals(2, run.exitCode(), String.join(" ", arguments));
      assertTrue(run.out().endsWith("\"clause\":\"input\"}"), run.out());
    }
  }

  @Test
  void aCommandLineThatCannotBeParsedIsTwoAndStillALineOfJson() {
    for (String command : new String[] {"verify-path", "verify-signature"}) {
      for (String[] wrong :
          new String[][] {
            {"--frobnicate"}, {leaf, leaf, leaf}, {leaf, "--lang=fr"}, {"--json=x"}
          }) {
        unusable(run(words(wrong, command)));
      }
    }
    for (String[] wrong :
        new String[][] {
          {"--at", "tomorrow"},
          {"--crl-max-age", "foo"},
          {"--crl-max-age", "PT9223372036854775807S"},
          {"--crl-max-age", "-P1D"},
          {"--crl-max-age", "P36501D"},
        }) {
      unusable(run(words(wrong, "verify-path", "--anchor", root, "--crl", crl, leaf)));
    }
    unusable(run("verify-signature", "--certificate"));
  }

  private static String[] words(String[] last, String... first) {
    return Stream.concat(Stream.of(first), Stream.of(last)).toArray(String[]::new);
  }

  private static void unusable(Run run) {
    assertEquals(2, run.exitCode(), run.out());
    assertEquals(1, run.out().lines().count(), run.out());
    assertTrue(run.out().startsWith("{\"valid\":false,\"reason\":\""), run.out());
    assertTrue(run.out().endsWith("\"clause\":\"input\"}"), run.out());
  }

  @Test
  void aCertificateInTheMiddleIsNotGuessed() {
    Run middle = run("verify-path", "--anchor", root, leaf, "--no-revocation");
    unusable(middle);
    assertTrue(middle.out().contains("as the first or the last word"), middle.out());
    Run missing = run("verify-path", "--anchor", "--crl", crl, leaf);
    unusable(missing);
    assertTrue(missing.out().contains("--anchor: a file is missing"), missing.out());
    assertEquals(new Run(0, VALID), run("verify-path", leaf, "--anchor", root, "--no-revocation"));
  }

  @Test
  void whatNeverEndsIsReadUpToABound() {
    String endless = "/dev/zero";
    for (String[] arguments :
        new String[][] {
          {"verify-path", "--anchor", root, "--no-revocation", endless},
          {"verify-path", "--anchor", root, "--crl", endless, leaf},
          {"verify-signature", "--certificate", leaf, "--signature", leaf, endless},
          {"verify-signature", "--certificate", leaf, "--signature", endless, leaf},
          {"verify-signature", "--key", endless, "--signature", leaf, leaf},
        }) {
      Run run = run(arguments);
      unusable(run);
      assertTrue(run.out().contains("FILE_TOO_LONG /dev/zero"), run.out());
    }
  }

  @Test
  void theAgeOfAListAndThePolicyInputsReachTheJudgement() {
    assertEquals(
        new Run(0, VALID),
        run("verify-path", "--anchor", root, "--crl", crl, "--crl-max-age", "P36500D", leaf));
    String later = Instant.now().plus(Duration.ofHours(2)).toString();
    Run old =
        run(
            "verify-path",
            "--anchor",
            root,
            "--crl",
            crl,
            "--at",
            later,
            "--crl-max-age",
            "PT1H",
            leaf);
    assertEquals(1, old.exitCode(), old.out());
    assertTrue(old.out().endsWith("\"clause\":\"6.3.3\"}"), old.out());
    assertEquals(
        0, run("verify-path", "--anchor", root, "--crl", crl, "--at", later, leaf).exitCode());
  }

  @Test
  void aBatchTakesNothingBesideItsLines() {
    for (String[] more :
        new String[][] {{"--no-revocation"}, {"--anchor", root}, {leaf}, {"--key-usage=cRLSign"}}) {
      unusable(run(words(more, "verify-path", "--batch")));
    }
    unusable(run("verify-signature", "--pss", "--batch"));
    Run run =
        batch(
            "verify-path",
            """
            ["--lang","ja","--anchor","%1$s","--no-revocation","%2$s"]
            ["--batch","--anchor","%1$s","--no-revocation","%2$s"]
            """
                .formatted(root, leaf),
            "--lang=en",
            "--json");
    assertEquals(0, run.exitCode());
    List<String> lines = run.out().lines().toList();
    assertEquals(VALID.replace("}", ",\"exit\":0}"), lines.get(0));
    assertTrue(lines.get(1).endsWith("\"clause\":\"input\",\"exit\":2}"), lines.get(1));
  }

  @Test
  void whatWeStumbleOverIsUnusableInput() {
    assertEquals(
        "{valid=false, reason=INTERNAL java.lang.ArithmeticException: long overflow,"
            + " clause=input}",
        Batch.internal(new ArithmeticException("long overflow")).values().toString());
  }

  @Test
  void aCertificateThatIsNoneIsInvalidNotUnusable() throws Exception {
    byte[] der = Files.readAllBytes(Path.of(leaf));
    der[5] = 0;
    Run run = run("verify-path", "--anchor", root, "--no-revocation", write("bad.der", der));
    assertEquals(1, run.exitCode(), run.out());
  }

  @Test
  void aBatchAnswersEachLineInItsOrder() {
    Run run =
        batch(
            "verify-path",
            """
            ["--anchor","%1$s","--crl","%2$s","%3$s"]

            ["verify-path","--anchor","%1$s","%3$s"]
            ["--no-such-option"]
            no json
            ["--anchor","%1$s","--crl","%2$s","--crl-max-age","PT9223372036854775807S","%3$s"]
            ["--anchor","%1$s","--no-revocation","--at","tomorrow","%3$s"]
            ["--anchor","%1$s","--no-revocation","%3$s"]
            """
                .formatted(root, crl, leaf));
    assertEquals(0, run.exitCode());
    List<String> lines = run.out().lines().toList();
    assertEquals(7, lines.size(), run.out());
    assertEquals(VALID.replace("}", ",\"exit\":0}"), lines.get(0));
    assertTrue(lines.get(1).endsWith("\"clause\":\"6.3.3\",\"exit\":1}"), lines.get(1));
    for (String line : lines.subList(2, 6)) {
      assertTrue(line.endsWith("\"clause\":\"input\",\"exit\":2}"), line);
    }
    assertEquals(VALID.replace("}", ",\"exit\":0}"), lines.get(6));
  }

  @Test
  void aSignatureIsCheckedUnderACertificateOrAKey() throws Exception {
    byte[] data = "text".getBytes(StandardCharsets.UTF_8);
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(key.getPrivate());
    signer.update(data);
    String file = write("data", data);
    String signature = write("signature", signer.sign());
    String bare = write("key.der", key.getPublic().getEncoded());
    String inPem =
        write(
            "key.pem",
            pem("PUBLIC KEY", key.getPublic().getEncoded()).getBytes(StandardCharsets.US_ASCII));
    assertEquals(
        new Run(0, "VALID"),
        run("verify-signature", "--certificate", leaf, "--signature", signature, file));
    for (String one : List.of(bare, inPem)) {
      assertEquals(
          new Run(0, "VALID"),
          run("verify-signature", "--key", one, "--signature", signature, file));
    }
    assertEquals(
        new Run(1, "INVALID"),
        run("verify-signature", "--key", bare, "--signature", signature, signature));
    assertEquals(
        new Run(0, "{\"valid\":true,\"reason\":\"\"}"),
        run("verify-signature", "--json", "--key", bare, "--signature", signature, file));
    Run batch =
        batch(
            "verify-signature",
            "[\"--key\",\"%s\",\"--signature\",\"%s\",\"%s\"]".formatted(bare, signature, file));
    assertEquals("{\"valid\":true,\"reason\":\"\",\"exit\":0}", batch.out());
  }

  @Test
  void pssIsCheckedWhereItIsAskedForAndOnlyForRsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair rsa = generator.generateKeyPair();
    byte[] data = "text".getBytes(StandardCharsets.UTF_8);
    String file = write("pss-data", data);
    String bare = write("rsa.der", rsa.getPublic().getEncoded());
    String marked =
        write(
            "marked.der",
            new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS),
                    SubjectPublicKeyInfo.getInstance(rsa.getPublic().getEncoded()).parsePublicKey())
                .getEncoded());
    String curve = write("ec.der", key.getPublic().getEncoded());
    for (int salt : new int[] {32, 0, 20, 64}) {
      Signature signer = Signature.getInstance("RSASSA-PSS");
      signer.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, salt, 1));
      signer.initSign(rsa.getPrivate());
      signer.update(data);
      String signature = write("pss", signer.sign());
      assertEquals(
          salt == 32 ? new Run(0, "VALID") : new Run(1, "INVALID"),
          run("verify-signature", "--pss", "--key", bare, "--signature", signature, file));
      assertEquals(
          1, run("verify-signature", "--key", bare, "--signature", signature, file).exitCode());
      assertEquals(
          salt == 32 ? 0 : 1,
          run("verify-signature", "--key", marked, "--signature", signature, file).exitCode(),
          "a key marked for PSS");
      Run other =
          run(
              "verify-signature",
              "--json",
              "--pss",
              "--key",
              curve,
              "--signature",
              signature,
              file);
      assertEquals(1, other.exitCode());
      assertTrue(other.out().contains("not a key we accept for RSASSA-PSS"), other.out());
    }
  }

  @Test
  void aLineOfABatchIsAnArrayOfStringsAndNothingElse() {
    assertEquals(
        List.of("a\"b", "é", "", "\n"),
        JsonStrings.parse(" [ \"a\\\"b\", \"\\u00e9\" ,\"\",\"\\n\"] "));
    assertEquals(List.of(), JsonStrings.parse("[]"));
    for (String bad : List.of("", "[", "[1]", "[\"a\"", "[\"a\",]", "[] x", "{}", "[\"\\x\"]")) {
      assertThrows(IllegalArgumentException.class, () -> JsonStrings.parse(bad), bad);
    }
  }
}
