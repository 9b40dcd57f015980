package jp.sekisho.policy.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jp.sekisho.policy.trust.ServiceKeys;
import jp.sekisho.policy.trust.TrustKey;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.CardReading;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.simulate.Applet;
import jp.sekisho.smartcard.simulate.CardKey;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.simulate.PivApplet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** k of n officers of a production with PIV cards in software: root, policy, rotation. */
class CosignTest {
  private static final String TOWN = Program.PROFILES.resolve("town.yaml").toString();

  @TempDir Path folder;
  private Path service = Path.of("");
  private String out = "";

  /** An officer's card in the only reader; the PIN is typed when asked for. */
  private static final class Desk implements CardPlace, CardPlace.Placed, CardChannel {
    private final Applet applet;
    private final StringWriter said = new StringWriter();
    private String pin = "123456";
    private String saidBeforePin = "";
    private int prompts;

    Desk(Path directory, String number) throws Exception {
      applet =
          PivApplet.open(
              directory,
              new NewCard(NewCard.Kind.STAFF, number, Optional.empty(), Optional.empty())
                  .with(CardKey.P256));
    }

    byte[] certificate() throws Exception {
      CardReading reading = new PivCard(this).read();
      return assertInstanceOf(CardReading.Present.class, reading).certificate().getEncoded();
    }

    Program run(String... arguments) {
      StringWriter err = new StringWriter();
      said.getBuffer().setLength(0);
      int exit =
          PolicyCommand.run(
              arguments,
              new ByteArrayInputStream(new byte[0]),
              new PrintWriter(said),
              new PrintWriter(err),
              this);
      return new Program(exit, said.toString(), err.toString());
    }

    @Override
    public Placed connect(@Nullable String reader) {
      return this;
    }

    @Override
    public Optional<char[]> pin(String prompt) {
      prompts++;
      saidBeforePin = said.toString();
      return Optional.of(pin.toCharArray());
    }

    @Override
    public String name() {
      return "Desk";
    }

    @Override
    public CardChannel channel() {
      return this;
    }

    @Override
    public void begin() {}

    @Override
    public Response transmit(Apdu command) {
      return applet.process(command.encode());
    }

    @Override
    public void endAndReset() {
      applet.reset();
    }

    @Override
    public void close() {}
  }

  private final List<Desk> desks = new ArrayList<>();

  @BeforeEach
  void cards() throws Exception {
    service = folder.resolve("service.txt");
    out = folder.resolve("signed").toString();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    TrustKey online = TrustKey.of(generator.generateKeyPair().getPublic());
    Files.write(service, new ServiceKeys(online, List.of(), List.of()).bytes());
    for (String number : List.of("S-3001", "S-3002", "S-3003")) {
      Desk desk = new Desk(Files.createDirectory(folder.resolve(number)), number);
      Files.write(folder.resolve(number + ".der"), desk.certificate());
      desks.add(desk);
    }
  }

  private String officer(String number) {
    return number + ":" + folder.resolve(number + ".der");
  }

  private Program cosign(int officer, String... more) {
    String[] arguments = {"cosign", out, "--card", "--reader", "Desk"};
    return desks
        .get(officer)
        .run(Stream.of(arguments, more).flatMap(Stream::of).toArray(String[]::new));
  }

  private Program draft(String... signers) {
    List<String> arguments =
        new ArrayList<>(List.of("draft", "--root", out, "--policy", TOWN, "--out", out, "--json"));
    for (String one : signers) {
      arguments.addAll(List.of("--signer", one));
    }
    return Program.run(arguments.toArray(String[]::new));
  }

  private void firstRoot() {
    Program drafted =
        Program.run(
            "root",
            "--rotate",
            out,
            "--service",
            service.toString(),
            "--add-officer",
            officer("S-3001"),
            "--add-officer",
            officer("S-3002"),
            "--signer",
            "S-3001",
            "--signer",
            "S-3002",
            "--json");
    assertEquals(0, drafted.exit(), drafted.out() + drafted.err());
    Program one = cosign(0, "--json");
    assertEquals("root 1", one.json().path("missing").path(0).asString(), one.out());
    assertFalse(Files.exists(Path.of(out, "root")));
    Program two = cosign(1, "--lang", "en");
    assertEquals(0, two.exit(), two.out());
    assertTrue(two.out().contains("  + threshold 2"), two.out());
    assertTrue(Files.exists(Path.of(out, "root")));
  }

  @Test
  @DisplayName("two of two cards make a production's root and its policy; the diff is read first")
  void production() {
    firstRoot();
    assertEquals(0, draft("S-3001", "S-3002").exit());
    Program one = cosign(0, "--root", out, "--lang", "en");
    assertEquals(0, one.exit(), one.out());
    assertTrue(desks.get(0).saidBeforePin.contains("version 0 → 1"), one.out());
    assertTrue(desks.get(0).saidBeforePin.contains("login.session-idle"), one.out());
    assertTrue(one.out().contains("still missing: policy 1"), one.out());
    assertFalse(Files.exists(Path.of(out, "policy")));
    Program again = cosign(0, "--root", out, "--json");
    assertEquals("NOT_SIGNER", again.json().path("code").asString());
    assertEquals(0, cosign(1, "--root", out).exit());
    Program verified = Program.run("verify", out, "--json");
    assertEquals(0, verified.exit(), verified.out());
    assertEquals("2/2", verified.json().path("officers").asString());
    assertEquals("production", verified.json().path("use").asString());
    assertFalse(Files.exists(Path.of(out, "drafts")));
    assertEquals("NOTHING", draft("S-3001", "S-3002").json().path("code").asString());
  }

  @Test
  @DisplayName("a wrong PIN, another's card, a key file and a changed draft sign nothing")
  void refused() throws Exception {
    firstRoot();
    assertEquals(0, draft("S-3001", "S-3002").exit());
    Desk desk = desks.get(0);
    desk.pin = "999999";
    assertEquals("PIN_WRONG", cosign(0, "--root", out, "--json").json().path("code").asString());
    desk.pin = "12345";
    assertEquals("PIN_FORMAT", cosign(0, "--root", out, "--json").json().path("code").asString());
    assertEquals("NOT_SIGNER", cosign(2, "--root", out, "--json").json().path("code").asString());
    assertEquals(0, desks.get(2).prompts);
    Program key = Program.run("cosign", out, "--root", out, "--key", service.toString(), "--json");
    assertEquals("KEY_PRODUCTION", key.json().path("code").asString());
    assertEquals("ROOT_NONE", cosign(0, "--json").json().path("code").asString());
    desk.pin = "123456";
    assertEquals(0, cosign(0, "--root", out).exit());
    // Between two desks somebody widens what the first has read.
    Path draft = Path.of(out, "drafts", "policy");
    byte[] bytes = Files.readAllBytes(draft);
    bytes[bytes.length - 20] ^= 1;
    Files.write(draft, bytes);
    Program changed = cosign(1, "--root", out, "--json");
    assertEquals("POLICY_MALFORMED", changed.json().path("code").asString());
    assertEquals("POLICY_MALFORMED", draft("S-3001").json().path("code").asString());
    assertFalse(Files.exists(Path.of(out, "policy")));
  }

  @Test
  @DisplayName("rotation: k of the old and k of the new officers sign the next root")
  void rotation() throws Exception {
    firstRoot();
    assertEquals(0, draft("S-3001", "S-3002").exit());
    assertEquals(0, cosign(0, "--root", out).exit());
    assertEquals(0, cosign(1, "--root", out).exit());
    byte[] first = Files.readAllBytes(Path.of(out, "root"));
    rotate("S-3002", "S-3003");
    assertEquals(0, draft("S-3002", "S-3003").exit());
    assertEquals(0, cosign(1, "--root", out).exit());
    Program tooFew = cosign(2, "--root", out, "--json");
    assertEquals("REFUSED", tooFew.json().path("code").asString(), tooFew.out());
    assertTrue(tooFew.json().path("text").asString().contains("POLICY_SIGNATURE"));
    assertEquals(-1, java.util.Arrays.mismatch(first, Files.readAllBytes(Path.of(out, "root"))));
    rotate("S-3001", "S-3002", "S-3003");
    assertEquals(0, cosign(0, "--root", out).exit());
    assertEquals(0, cosign(1, "--root", out).exit());
    Program last = cosign(2, "--root", out, "--lang", "en");
    assertEquals(0, last.exit(), last.out());
    assertTrue(last.out().contains("  - officer S-3001 "), last.out());
    assertTrue(last.out().contains("  + officer S-3003 "), last.out());
    Program verified = Program.run("verify", out, "--json");
    assertEquals("2", verified.json().path("rootVersion").asString(), verified.out());
    assertEquals("2", verified.json().path("policyVersion").asString());
  }

  private void rotate(String... signers) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "root",
                "--rotate",
                out,
                "--root",
                out,
                "--remove-officer",
                "S-3001",
                "--add-officer",
                officer("S-3003"),
                "--json"));
    for (String one : signers) {
      arguments.addAll(List.of("--signer", one));
    }
    Program drafted = Program.run(arguments.toArray(String[]::new));
    assertEquals(0, drafted.exit(), drafted.out() + drafted.err());
  }
}
