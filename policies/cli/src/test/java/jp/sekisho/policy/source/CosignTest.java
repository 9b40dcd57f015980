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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jp.sekisho.policy.trust.DraftFile;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.ServiceKeys;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.TrustKey;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
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

/**
 * k of n officers of a production with PIV cards in software: root, policy, layers, rotation.
 *
 * <p>Longer than other tests: each case needs the same desks and the root they made.
 */
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

  private Program run(List<String> first, String... more) {
    return Program.run(Stream.concat(first.stream(), Stream.of(more)).toArray(String[]::new));
  }

  private void firstRoot(String... more) {
    Program drafted =
        run(
            List.of(
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
                "--json"),
            more);
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
    Program wrong = cosign(0, "--root", out, "--json", "--lang", "en");
    assertEquals("PIN_WRONG", wrong.json().path("code").asString());
    String text = wrong.json().path("text").asString();
    assertTrue(text.contains("tries left"), text);
    assertTrue(text.contains("Check the PIN of your staff card."), text);
    assertTrue(text.contains("call the IT help desk"), text);
    Program nowhere = desk.run("cosign", out, "--root", out, "--card");
    assertEquals(2, nowhere.exit(), nowhere.out());
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

  private String last() {
    return desks.get(1).saidBeforePin;
  }

  private void bothSign() {
    assertEquals(0, cosign(0, "--root", out).exit());
    Program last = cosign(1, "--root", out, "--lang", "en");
    assertEquals(0, last.exit(), last.out());
  }

  @Test
  @DisplayName("a difference is shown only against what the trusted officers signed before")
  void forgedBefore() throws Exception {
    firstRoot();
    assertEquals(0, draft("S-3001", "S-3002").exit());
    bothSign();
    Path policy = Path.of(out, "policy");
    byte[] genuine = Files.readAllBytes(policy);
    byte[] signatures = Files.readAllBytes(Path.of(out, "policy.sig"));
    String wide = Files.readString(Path.of(TOWN)).replace("15m", "14m");
    Path source = Files.writeString(folder.resolve("wide.yaml"), wide);
    String[] draft = {
      "draft",
      "--root",
      out,
      "--policy",
      source.toString(),
      "--out",
      out,
      "--json",
      "--signer",
      "S-3001",
      "--signer",
      "S-3002"
    };
    assertEquals(0, Program.run(draft).exit());
    // Who carries the directory lays the draft's rules in the place of the signed ones.
    byte[] body =
        DraftFile.read(TrustKind.POLICY, Files.readAllBytes(Path.of(out, "drafts", "policy")))
            .body();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    FileSigner thief = FileSigner.of(generator.generateKeyPair());
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    SignedFile forged =
        SignedFile.sign(
            TrustHeader.of(
                TrustKind.POLICY,
                null,
                1,
                now,
                now.plusSeconds(86_400),
                false,
                List.of(thief.key().id()),
                body),
            body,
            List.of(thief));
    TrustFiles.write(Path.of(out), forged);
    int prompts = desks.get(0).prompts;
    Program refused = cosign(0, "--root", out, "--json");
    assertEquals("BEFORE", refused.json().path("code").asString(), refused.out());
    assertEquals("BEFORE", Program.run(draft).json().path("code").asString());
    // Or takes them away: what follows something is not shown as the first.
    Files.delete(policy);
    refused = cosign(0, "--root", out, "--json");
    assertEquals("BEFORE", refused.json().path("code").asString(), refused.out());
    assertEquals(prompts, desks.get(0).prompts);
    Files.write(policy, genuine);
    Files.write(Path.of(out, "policy.sig"), signatures);
    Program good = cosign(0, "--root", out, "--json");
    assertEquals(0, good.exit(), good.out());
    assertTrue(good.json().path("changes").size() > 0, good.out());
    assertTrue(good.err().contains("14m"), good.err());
  }

  @Test
  @DisplayName("layers: signed as a set, by a delegate alone, and gone when nobody names them")
  void layers() throws Exception {
    firstRoot("--layer", "mayor", "--layer", "education", "--layer", "election");
    Path city = Files.createDirectory(folder.resolve("city"));
    try (Stream<Path> files = Files.list(Program.PROFILES.resolve("city"))) {
      for (Path file : files.toList()) {
        Files.copy(file, city.resolve(file.getFileName()));
      }
    }
    List<String> draft =
        List.of("draft", "--root", out, "--policy", city.toString(), "--out", out, "--json");
    String[] both = {"--signer", "S-3001", "--signer", "S-3002"};
    Program first = run(draft, both);
    assertEquals(6, first.json().path("drafts").size(), first.out() + first.err());
    bothSign();
    Path counter = Path.of(out, "layers", "mayor.tax.counter.layer");
    assertTrue(Files.exists(counter));

    Files.delete(city.resolve("counter.yaml"));
    Program without = run(draft, both);
    assertEquals("mayor.layer", without.json().path("drafts").path(0).asString(), without.out());
    bothSign();
    assertTrue(desks.get(1).saidBeforePin.contains("  - mayor/tax/counter"), last());
    assertTrue(desks.get(1).saidBeforePin.contains("In [mayor/tax/counter]"), last());
    assertFalse(Files.exists(counter));
    assertFalse(Files.exists(Path.of(out, "layers", "mayor.tax.counter.layer.sig")));

    List<String> rotate = List.of("root", "--rotate", out, "--root", out, "--json");
    String[] more = {
      "--remove-layer",
      "education",
      "--remove-layer",
      "mayor",
      "--delegate",
      "election:" + officer("S-3003")
    };
    Program rotated = run(rotate, Stream.of(both, more).flatMap(Stream::of).toArray(String[]::new));
    assertEquals(0, rotated.exit(), rotated.out());
    bothSign();
    assertFalse(Files.exists(Path.of(out, "layers", "education.layer")));
    assertFalse(Files.exists(Path.of(out, "layers", "mayor.layer")));
    assertFalse(Files.exists(Path.of(out, "layers", "mayor.tax.layer")));
    Program unknown = run(rotate, "--remove-layer", "education", "--signer", "S-3001");
    assertEquals("OFFICER_UNKNOWN", unknown.json().path("code").asString(), unknown.out());

    Path election = city.resolve("election.yaml");
    Files.writeString(election, Files.readString(election).replace("T-S*", "T-S1*"));
    Program own = run(draft, "--organ", "election", "--signer", "S-3003");
    assertEquals("election.layer", own.json().path("drafts").path(0).asString(), own.out());
    Program alone = cosign(2, "--root", out, "--lang", "en");
    assertEquals(0, alone.exit(), alone.out());
    assertEquals(0, Program.run("verify", out, "--json").exit());

    String free = "A".repeat(43);
    String[] less = {
      "--remove-delegate", "election:S-3003", "--remove-layer", "election", "--clear", free
    };
    Program fewer = run(rotate, Stream.of(both, less).flatMap(Stream::of).toArray(String[]::new));
    assertEquals(0, fewer.exit(), fewer.out());
    bothSign();
    Root newest = Root.parse(TrustFiles.read(Path.of(out), TrustKind.ROOT).bodyBytes());
    assertTrue(
        newest.delegations().stream().noneMatch(one -> one.organ().equals("election")),
        "the delegate is gone");
    assertEquals(List.of(free), newest.cleared(), "a revocation that officers lifted");
    assertFalse(Files.exists(Path.of(out, "layers", "election.layer")));
    Program nobody = run(rotate, "--remove-delegate", "election:S-3003", "--signer", "S-3001");
    assertEquals("OFFICER_UNKNOWN", nobody.json().path("code").asString(), nobody.out());
    Program noHash = run(rotate, "--clear", "not a hash", "--signer", "S-3001");
    assertEquals("ROOT", noHash.json().path("code").asString(), noHash.out());
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
