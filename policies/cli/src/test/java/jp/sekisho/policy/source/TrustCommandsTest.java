package jp.sekisho.policy.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.trust.ServiceKeys;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.TrustKey;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.TrustKind;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code root}, {@code sign} and {@code verify}: what an officer of a trial does. */
class TrustCommandsTest {
  private static final Path TRIAL = Program.PROFILES.resolve("trial.yaml");

  @TempDir Path folder;
  private Path service = Path.of("");
  private Path officer = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void files() throws Exception {
    service = folder.resolve("service.txt");
    officer = folder.resolve("officer");
    out = folder.resolve("signed");
    Files.write(
        service, new ServiceKeys(TrustKey.of(pair().getPublic()), List.of(), List.of()).bytes());
  }

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private Program root(Path directory) {
    return Program.run(
        "root", "--new", directory.toString(), "--service", service.toString(), "--json");
  }

  private Program sign(String... more) {
    String[] arguments = {
      "sign", "--root", officer.toString(), "--policy", TRIAL.toString(), "--out", out.toString()
    };
    return Program.run(
        java.util.stream.Stream.concat(
                java.util.Arrays.stream(arguments), java.util.Arrays.stream(more))
            .toArray(String[]::new));
  }

  @Test
  @DisplayName("root, sign and verify work together, and the root's hash pins them")
  void together() throws Exception {
    Program made = root(officer);
    assertEquals(0, made.exit(), made.out() + made.err());
    assertEquals(0, sign("--json").exit());
    Program verified = Program.run("verify", out.toString(), "--json");
    assertEquals(0, verified.exit(), verified.out());
    String hash = verified.json().path("rootHash").asString();
    assertEquals(made.json().path("rootHash").asString(), hash);
    assertFalse(verified.json().path("pinned").asBoolean());
    assertEquals(0, Program.run("verify", out.toString(), "--root-hash", hash).exit());
    Program other = Program.run("verify", out.toString(), "--root-hash", "A".repeat(43), "--json");
    assertEquals(1, other.exit());
    assertEquals("ROOT_NOT_PINNED", other.json().path("code").asString());
  }

  @Test
  @DisplayName("the key is its owner's only and does not travel with what is signed")
  void key() throws IOException {
    assertEquals(0, root(officer).exit());
    Path key = officer.resolve("officer.key");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    assertTrue(Files.readString(key).startsWith("# 試用 TRIAL"));
    assertEquals(0, sign().exit());
    try (var files = Files.list(out)) {
      assertEquals(
          List.of("policy", "policy.sig", "root", "root.sig"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    Program into =
        Program.run(
            "sign",
            "--root",
            officer.toString(),
            "--policy",
            TRIAL.toString(),
            "--out",
            officer.toString(),
            "--json");
    assertEquals(1, into.exit());
    assertEquals("KEY_IN_OUT", into.json().path("code").asString());
  }

  @Test
  @DisplayName("no officer's key is written into, or below, a service's data")
  void serviceData() throws IOException {
    Path data = folder.resolve("data");
    Files.createDirectories(data.resolve("keys"));
    Files.write(data.resolve("keys").resolve("row-mac.key"), new byte[32]);
    Files.createSymbolicLink(folder.resolve("link"), data);
    for (Path place :
        List.of(
            data,
            data.resolve("officer"),
            data.resolve("keys").resolve("a").resolve("b"),
            folder.resolve("link").resolve("officer"))) {
      Program refused = root(place);
      assertEquals(1, refused.exit(), place.toString());
      assertEquals("SERVICE_DATA", refused.json().path("code").asString());
    }
    Files.delete(data.resolve("keys").resolve("row-mac.key"));
    Files.writeString(data.resolve("config.json"), "{}");
    assertEquals("SERVICE_DATA", root(data.resolve("x")).json().path("code").asString());
  }

  @Test
  @DisplayName("nothing that exists is overwritten")
  void notEmpty() throws IOException {
    Files.createDirectories(officer);
    Files.writeString(officer.resolve("officer.key"), "mine");
    assertEquals("NOT_EMPTY", root(officer).json().path("code").asString());
    assertEquals("mine", Files.readString(officer.resolve("officer.key")));
  }

  @Test
  @DisplayName("the banner is on both streams, and with --json only on standard error")
  void banner() {
    Program made = root(officer);
    assertTrue(made.err().contains("試用 TRIAL"));
    assertTrue(made.json().path("trial").asBoolean());
    Program signed = sign();
    assertTrue(signed.err().contains("試用 TRIAL") && signed.out().contains("試用 TRIAL"));
  }

  @Test
  @DisplayName("before it signs, it says what changes, rule by rule")
  void changes() throws Exception {
    assertEquals(0, root(officer).exit());
    Program first = sign("--lang", "en");
    assertTrue(first.out().contains("login.session-idle: none → 15m"), first.out());
    assertTrue(first.out().contains("version 0 → 1"), first.out());
    Path changed =
        Files.writeString(
            folder.resolve("changed.yaml"),
            Files.readString(TRIAL).replace("value: 15m", "value: 10m"));
    Path card = certificate();
    Program second =
        Program.run(
            "sign",
            "--root",
            officer.toString(),
            "--policy",
            changed.toString(),
            "--out",
            out.toString(),
            "--approver",
            "S-2001:mayor:" + card,
            "--lang",
            "en");
    assertEquals(0, second.exit(), second.out());
    assertTrue(second.out().contains("  login.session-idle: 15m → 10m"), second.out());
    assertTrue(second.out().contains("  grants.approvers: none → S-2001 (mayor) "), second.out());
    assertFalse(second.out().contains("login.terminal-lock"), second.out());
    SignedFile signed =
        SignedFile.read(
            TrustKind.POLICY,
            Files.readAllBytes(out.resolve("policy")),
            Files.readAllBytes(out.resolve("policy.sig")));
    assertEquals(2, signed.header().version());
    Policy policy = Policy.parse(signed.bodyBytes());
    List<Approver> approvers = policy.grants().approvers().value();
    assertEquals("S-2001", approvers.get(0).person());
    assertEquals(approverKey, approvers.get(0).spki());
    Program same = sign("--approver", "S-2001:mayor:" + card, "--lang", "en", "--dry-run");
    assertTrue(same.out().contains("  login.session-idle: 10m → 15m"), same.out());
    assertTrue(Program.run("verify", out.toString()).out().contains("policyVersion 2"));
  }

  @Test
  @DisplayName("lower layers beside the common one are named as not signed")
  void lowerLayers() {
    assertEquals(0, root(officer).exit());
    Path common = Program.PROFILES.resolve("city").resolve("common.yaml");
    String[] city = {
      "sign", "--root", officer.toString(), "--policy", common.toString(), "--out", out.toString()
    };
    Program signed =
        Program.run(
            java.util.stream.Stream.concat(
                    java.util.Arrays.stream(city), java.util.stream.Stream.of("--lang", "en"))
                .toArray(String[]::new));
    assertEquals(0, signed.exit(), signed.out());
    String lower = "are not in this signature: mayor/tax/counter education election mayor/tax\n";
    assertTrue(signed.out().contains(lower), signed.out());
    assertFalse(sign("--lang", "en").out().contains("not in this signature"));
    Program same = sign("--lang", "en", "--dry-run");
    assertTrue(same.out().contains("No value changes (reasons and ids"), same.out());
  }

  private Program signCity(String... more) {
    String[] arguments = {
      "sign",
      "--root",
      officer.toString(),
      "--policy",
      Program.PROFILES.resolve("city").toString(),
      "--out",
      out.toString()
    };
    return Program.run(
        java.util.stream.Stream.concat(
                java.util.Arrays.stream(arguments), java.util.Arrays.stream(more))
            .toArray(String[]::new));
  }

  @Test
  @DisplayName("a directory is signed layer by layer; what says the same keeps its version")
  void layers() throws Exception {
    assertEquals(0, root(officer).exit());
    Program unnamed = signCity("--json");
    assertEquals("REFUSED", unnamed.json().path("code").asString(), unnamed.out());
    assertTrue(unnamed.json().path("text").asString().contains("POLICY_LAYER_FOREIGN"));
    assertFalse(Files.exists(out.resolve("layers")));

    officer = folder.resolve("second");
    String[] made = {
      "root",
      "--new",
      officer.toString(),
      "--service",
      service.toString(),
      "--layer",
      "mayor",
      "--layer",
      "education",
      "--layer",
      "election",
      "--json"
    };
    assertEquals(0, Program.run(made).exit());
    Program signed = signCity("--lang", "en");
    assertEquals(0, signed.exit(), signed.out());
    assertTrue(signed.out().contains("In [mayor/tax/counter]:"), signed.out());
    List<String> names = layerNames(signCity("--json"));
    assertEquals(
        List.of("education 1", "election 1", "mayor 1", "mayor/tax 1", "mayor/tax/counter 1"),
        names);
    SignedFile own =
        SignedFile.read(
            TrustKind.POLICY,
            Files.readAllBytes(out.resolve("layers").resolve("mayor.layer")),
            Files.readAllBytes(out.resolve("layers").resolve("mayor.layer.sig")));
    assertEquals("mayor", own.header().organ());
    ScopedLayer layer = ScopedLayer.parse(own.bodyBytes());
    assertEquals("mayor/tax", layer.below().get(0).scope().text());
  }

  private static List<String> layerNames(Program signed) {
    List<String> names = new java.util.ArrayList<>();
    signed
        .json()
        .path("layers")
        .forEach(one -> names.add(one.asString().replaceAll(" [A-Za-z0-9_-]{43}$", "")));
    return names;
  }

  private String approverKey = "";

  private Path certificate() throws Exception {
    KeyPair pair = pair();
    X500Name name = new X500Name("CN=S-2001");
    Instant from = Instant.parse("2026-04-01T00:00:00Z");
    approverKey = Sha256.text(pair.getPublic().getEncoded());
    return Files.write(
        folder.resolve("card.der"),
        new JcaX509v3CertificateBuilder(
                name,
                BigInteger.TEN,
                Date.from(from),
                Date.from(from.plusSeconds(86_400)),
                name,
                pair.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
            .getEncoded());
  }

  @Test
  @DisplayName("one flipped byte in any signed file is refused")
  void flipped() throws IOException {
    assertEquals(0, root(officer).exit());
    assertEquals(0, sign().exit());
    for (String name : List.of("root", "root.sig", "policy", "policy.sig")) {
      Path file = out.resolve(name);
      byte[] good = Files.readAllBytes(file);
      byte[] bad = good.clone();
      bad[good.length / 2] ^= 1;
      Files.write(file, bad);
      Program verified = Program.run("verify", out.toString(), "--json");
      assertEquals(1, verified.exit(), name);
      assertTrue(
          List.of("POLICY_MALFORMED", "POLICY_SIGNATURE")
              .contains(verified.json().path("code").asString()),
          verified.out());
      Files.write(file, good);
    }
    assertEquals(0, Program.run("verify", out.toString()).exit());
  }

  @Test
  @DisplayName("another root's key does not sign, and a foreign previous version is no base")
  void foreign() {
    assertEquals(0, root(officer).exit());
    assertEquals(0, sign().exit());
    Path other = folder.resolve("other");
    assertEquals(0, root(other).exit());
    officer = other;
    Program refused = sign("--json");
    assertEquals(1, refused.exit());
    assertEquals("BEFORE", refused.json().path("code").asString());
  }

  @Test
  @DisplayName("wrong arguments are refused by a code, missing files are exit code 3")
  void wrong() throws IOException {
    assertEquals(0, root(officer).exit());
    assertEquals("DAYS", sign("--json", "--days", "401").json().path("code").asString());
    for (String approver : List.of("S-2001", "S-2001:mayor:" + TRIAL, "1:Mayor:" + TRIAL)) {
      Program refused = sign("--json", "--approver", approver);
      assertEquals("APPROVER", refused.json().path("code").asString(), approver);
    }
    assertEquals(3, sign("--json", "--approver", "S-2001:mayor:none").exit());
    assertEquals(3, Program.run("verify", folder.resolve("none").toString()).exit());
    Files.writeString(service, "online x\n");
    Program keys = root(folder.resolve("third"));
    assertEquals("SERVICE_KEYS", keys.json().path("code").asString());
  }
}
