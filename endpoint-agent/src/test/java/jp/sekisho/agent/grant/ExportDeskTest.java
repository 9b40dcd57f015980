package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.export.ExportOutcome;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.testing.Opened;
import jp.sekisho.agent.testing.RecipientKeys;
import jp.sekisho.agent.testing.ScriptedFiles;
import jp.sekisho.agent.testing.ScriptedSeat;
import jp.sekisho.agent.testing.SignedSet;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.PolicyLayer;
import jp.sekisho.policy.PolicyLayers;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantField;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.grant.RecipientCertificate;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.trust.Roster;
import jp.sekisho.policy.usb.UsbSettings;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.OfferedApproval;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.ExportEvent;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import jp.sekisho.protocol.statement.ExportGrant.Export;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * R13, R14, R10 at the terminal: only what two approvers' texts and the signed policy say leaves,
 * encrypted, counted and recorded; everything else is refused.
 *
 * <p>Past 400 lines: the attacks on one boundary stand together.
 */
class ExportDeskTest {
  private static final int UID = 1001;
  private static final String ATTENDANT = "S-2050";
  private static final RecipientKeys PREFECTURE = RecipientKeys.make("secp256r1");
  private static final byte[] CONTENT = "住民一覧\n".repeat(2_000).getBytes(StandardCharsets.UTF_8);

  @TempDir Path temp;

  private DeskWorld world;
  private ExportDesk desk;
  private final KeyPair deputy = TestPki.newKeys();
  private final KeyPair bossAgain = TestPki.newKeys();
  private final KeyPair attendant = TestPki.newKeys();
  private final SettingValues.Builder rules = new SettingValues.Builder();

  /** Users at the screen. */
  private final Set<Integer> seated = new HashSet<>(Set.of(UID, 1002));

  @BeforeEach
  void terminal() {
    world = new DeskWorld(temp.resolve("activations.json"));
    put(UsbSettings.MEDIA, List.of(UsbSettings.EVERY_REGISTERED));
    put(
        GrantSettings.CAPABILITIES,
        List.of(
            GrantCapability.USB_READ,
            GrantCapability.USB_EXPORT_ENCRYPTED,
            GrantCapability.EXPORT_PLAIN));
    put(GrantSettings.SECOND_APPROVER, List.of(GrantCapability.EXPORT_PLAIN));
    put(GrantSettings.ATTENDANT, List.of(GrantCapability.EXPORT_PLAIN));
    put(GrantSettings.RECIPIENTS, List.of("prefecture", "pension-office"));
    put(GrantSettings.FIELDS, List.of());
    put(GrantSettings.MOST_FILES, 3);
    put(GrantSettings.MOST_DATA, new DataSize(1 << 20));
    put(GrantSettings.RECIPIENT_CERTIFICATES, List.of(certificate(PREFECTURE)));
    trust();
    world.running();
    world.gate.plugged.clear();
    desk = newDesk();
    world.plug(DeskWorld.stick("3-1"));
    world.logIn(DeskWorld.CLERK_HERE);
    world.settle();
  }

  private ExportDesk newDesk() {
    ExportCounts.Kept counts =
        new ExportCounts.Kept(temp.resolve("exports.json"), new SecureRandom());
    world.desk.onForget(counts::forget);
    return new ExportDesk(
        world.desk,
        world.log,
        counts,
        new SecureRandom(),
        world.bootClock,
        uid -> seated.contains(uid) ? Optional.of(new ScriptedSeat(uid)) : Optional.empty());
  }

  private <T> void put(Setting<T> setting, T value) {
    rules.put(setting, SignedSet.rule(setting.path(), value));
  }

  private static RecipientCertificate certificate(RecipientKeys of) {
    try {
      return new RecipientCertificate(
          "prefecture", Base64.getEncoder().encodeToString(of.certificate().getEncoded()));
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String spki(KeyPair keys) {
    return Sha256.text(keys.getPublic().getEncoded());
  }

  /** Trust by the rules as they are now. */
  private void trust() {
    trust(policy());
  }

  private Policy policy() {
    return SignedSet.policy(
        List.of(
            new Approver(DeskWorld.BOSS, DeskWorld.ORGAN, world.bossSpki),
            new Approver(DeskWorld.BOSS, DeskWorld.ORGAN, spki(bossAgain)),
            new Approver("S-0008", DeskWorld.ORGAN, spki(deputy)),
            new Approver(ATTENDANT, DeskWorld.ORGAN, spki(attendant))),
        rules.build());
  }

  private void trust(Policy policy) {
    Map<String, String> roster =
        Map.of(
            Sha256.text(DeskWorld.bytes("clerk")),
            DeskWorld.CLERK,
            Sha256.text(DeskWorld.bytes("other")),
            "S-2000");
    world.trust =
        new GrantTrust.Now.InForce(new GrantTrust(policy, new Roster(roster), Set.of(), true));
  }

  private static ExportGrant text(
      String id, Capability capability, @Nullable String attendant, @Nullable Export export) {
    ExportGrant read = DeskWorld.text(id);
    return new ExportGrant(
        read.request(),
        read.organ(),
        read.person(),
        read.terminal(),
        capability,
        read.medium(),
        read.fingerprint(),
        read.reason(),
        read.document(),
        read.legalBasis(),
        read.providedTo(),
        read.subjects(),
        read.start(),
        read.end(),
        read.minutes(),
        attendant,
        export);
  }

  private static ExportGrant encrypted(String recipient, int files, long bytes) {
    return text(
        "out",
        Capability.USB_EXPORT_ENCRYPTED,
        null,
        new Export(recipient, files, bytes, List.of()));
  }

  private static ExportGrant encrypted() {
    return encrypted("prefecture", 2, 100_000);
  }

  private static ExportGrant plain() {
    return text(
        "plain",
        Capability.EXPORT_PLAIN,
        ATTENDANT,
        new Export("pension-office", 1, 100_000, List.of("list.csv")));
  }

  private static OfferedApproval approval(ExportGrant text, KeyPair by) {
    CardStatement card = DeskWorld.approval(text.detail());
    return new OfferedApproval(
        Base64Url.encode(text.bytes()),
        Base64Url.encode(card.bytes()),
        Base64Url.encode(DeskWorld.sign(by, card.bytes())),
        Base64Url.encode(by.getPublic().getEncoded()));
  }

  private static GrantOffer with(GrantOffer offer, @Nullable OfferedApproval second) {
    return new GrantOffer(
        offer.grant(),
        offer.text(),
        offer.cardStatement(),
        offer.signature(),
        offer.spki(),
        offer.state(),
        null,
        null,
        null,
        second);
  }

  private ExportOutcome export(GrantOffer offer, ScriptedFiles files) {
    world.service.offering(offer);
    return export(offer.grant(), files);
  }

  private ExportOutcome export(String grant, ScriptedFiles files) {
    ExportOutcome outcome = desk.export(UID, grant, files);
    world.settle();
    return outcome;
  }

  private void refused(Refusal reason, GrantOffer offer) {
    int before = world.log.events.size();
    ScriptedFiles files = new ScriptedFiles().with("list.csv", CONTENT);
    assertEquals(new ExportOutcome(reason, 0), export(offer, files));
    assertEquals(Map.of(), world.gate.memory.files);
    assertEquals(0, world.gate.written);
    assertEquals(List.of(), files.told);
    assertTrue(
        world.log.lines().subList(before, world.log.lines().size()).contains("refused " + reason),
        world.log.lines()::toString);
    assertFalse(world.log.lines().contains("opened"));
  }

  private List<ExportEvent.Written> written() {
    return world.log.events.stream()
        .filter(ExportEvent.Written.class::isInstance)
        .map(ExportEvent.Written.class::cast)
        .toList();
  }

  @Test
  @DisplayName("R13: two files leave encrypted for the recipient; the log holds algorithm and hash")
  void encryptedFilesLeave() throws IOException {
    byte[] second = {1};
    ScriptedFiles files = new ScriptedFiles().with("住民一覧.csv", CONTENT).with("住民一覧.csv", second);
    world.log.before =
        event -> {
          if (event instanceof ExportEvent.Written) {
            assertTrue(files.told.size() < 2, "told before it was recorded");
          }
        };
    assertEquals(new ExportOutcome(null, 2), export(world.offer(encrypted()), files));
    assertEquals(
        List.of("opened", "written 1/1", "written 2/1", "closed written"), world.log.lines());
    List<byte[]> there = List.copyOf(world.gate.memory.files.values());
    Opened one = Opened.by(PREFECTURE.key(), there.get(0));
    assertEquals("住民一覧.csv", one.name());
    assertArrayEquals(CONTENT, one.content());
    assertArrayEquals(second, Opened.by(PREFECTURE.key(), there.get(1)).content());
    ExportEvent.Written logged = written().get(0);
    assertEquals(Sha256.text(there.get(0)), logged.sha256());
    assertEquals(there.get(0).length, logged.bytes());
    assertEquals(CONTENT.length, logged.content());
    assertEquals(ExportEvent.Algorithm.CMS_CERTIFICATE, logged.algorithm());
    assertEquals(List.of(certificate(PREFECTURE).fingerprint()), logged.certificates());
    assertEquals(logged.name(), written().get(1).name());
    assertFalse(world.log.events.toString().contains("住民"));
    assertEquals(
        files.told.stream().map(part -> part.name()).toList(),
        List.copyOf(world.gate.memory.files.keySet()));
    assertTrue(files.told.get(1).name().matches("SEKISHO-[0-9A-F]{8}-0002\\.p7m"));
    assertTrue(world.gate.mounted.isEmpty());
  }

  @Test
  @DisplayName(
      "names in the log are keyed per grant: the same file of another grant looks different")
  void namesByGrant() throws IOException {
    ExportCounts counts = ExportCounts.open(temp.resolve("other.json"), new SecureRandom());
    ExportGrant one = encrypted();
    assertEquals(1, counts.begin(one, 1));
    String name = counts.nameInLog(one, "list.csv");
    assertEquals(name, counts.nameInLog(one, "list.csv"));
    ExportGrant two = plain();
    assertEquals(1, counts.begin(two, 1));
    assertFalse(name.equals(counts.nameInLog(two, "list.csv")));
    assertEquals(counts.nameInLog(two, "list.csv"), counts.nameInLog(two, "list.csv"));
    ExportCounts elsewhere = ExportCounts.open(temp.resolve("more.json"), new SecureRandom());
    assertFalse(name.equals(elsewhere.nameInLog(one, "list.csv")));
    ExportCounts later = ExportCounts.open(temp.resolve("other.json"), new SecureRandom());
    assertEquals(name, later.nameInLog(one, "list.csv"));
  }

  @Test
  @DisplayName("without a certificate a passphrase is shown once, opens it, and is in no record")
  void byPassphrase() throws IOException {
    ScriptedFiles files = new ScriptedFiles().with("list.csv", CONTENT);
    GrantOffer offer = world.offer(encrypted("pension-office", 2, 100_000));
    assertEquals(new ExportOutcome(null, 1), export(offer, files));
    assertEquals(1, files.shown.size());
    byte[] there = world.gate.memory.files.values().iterator().next();
    assertArrayEquals(CONTENT, Opened.by(files.shown.get(0), there).content());
    assertEquals(ExportEvent.Algorithm.CMS_PASSPHRASE, written().get(0).algorithm());
    assertFalse(world.log.events.toString().contains(files.shown.get(0)));
    assertFalse(Files.readString(temp.resolve("exports.json")).contains(files.shown.get(0)));
  }

  @Test
  @DisplayName("a passphrase that nobody took down: nothing is activated or written")
  void passphraseNotNoted() {
    ScriptedFiles files = new ScriptedFiles().with("list.csv", CONTENT);
    files.confirms = false;
    GrantOffer offer = world.offer(encrypted("pension-office", 2, 100_000));
    assertEquals(new ExportOutcome(Refusal.EXPORT_PASSPHRASE, 0), export(offer, files));
    assertEquals(List.of(), world.service.asked);
    assertEquals(0, world.gate.written);
  }

  @Test
  @DisplayName("what is plain needs two approvers, and only the approved names leave")
  void plainFiles() {
    GrantOffer offer = with(world.offer(plain()), approval(plain(), deputy));
    ScriptedFiles other = new ScriptedFiles().with("other.csv", CONTENT);
    assertEquals(new ExportOutcome(Refusal.EXPORT_NAME, 0), export(offer, other));
    assertEquals(
        List.of("opened", "failed 0/0 EXPORT_NAME", "closed not-written"), world.log.lines());
    ScriptedFiles files = new ScriptedFiles().with("list.csv", CONTENT);
    assertEquals(new ExportOutcome(null, 1), export(offer, files));
    assertArrayEquals(
        CONTENT, java.util.Objects.requireNonNull(world.gate.memory.files.get("list.csv")));
    assertEquals(ExportEvent.Algorithm.NONE, written().get(0).algorithm());
  }

  @Test
  @DisplayName(
      "second approvals that are none: missing, forged, twice, of other text, of who is in it")
  void secondApprovals() {
    GrantOffer one = world.offer(plain());
    refused(Refusal.APPROVAL_SECOND, with(one, null));
    refused(Refusal.APPROVAL_TWICE, with(one, approval(plain(), world.boss)));
    refused(Refusal.APPROVAL_TWICE, with(one, approval(plain(), bossAgain)));
    refused(Refusal.APPROVAL_OWN, with(one, approval(plain(), attendant)));
    refused(Refusal.APPROVER_UNLISTED, with(one, approval(plain(), TestPki.newKeys())));
    OfferedApproval good = approval(plain(), deputy);
    refused(
        Refusal.SIGNATURE_INVALID,
        with(
            one,
            new OfferedApproval(
                good.text(),
                good.cardStatement(),
                approval(encrypted(), deputy).signature(),
                good.spki())));
    refused(Refusal.APPROVAL_TEXT, with(one, approval(encrypted(), deputy)));
    OfferedApproval otherCard = approval(encrypted(), deputy);
    refused(
        Refusal.APPROVAL_TEXT,
        with(
            one,
            new OfferedApproval(
                good.text(), otherCard.cardStatement(), otherCard.signature(), otherCard.spki())));
    // The first one's, of the attendant.
    refused(
        Refusal.APPROVAL_OWN,
        with(
            DeskWorld.offer(plain(), DeskWorld.approval(plain().detail()), attendant),
            approval(plain(), deputy)));
    refused(
        Refusal.GRANT_INVALID,
        with(one, new OfferedApproval(good.text(), "!", good.signature(), good.spki())));
  }

  @Test
  @DisplayName("where the policy demands two, one approval of what is encrypted is not enough")
  void policyDemandsTwo() {
    put(GrantSettings.SECOND_APPROVER, List.of(GrantCapability.USB_EXPORT_ENCRYPTED));
    trust();
    refused(Refusal.APPROVAL_SECOND, world.offer(encrypted()));
    GrantOffer two = with(world.offer(encrypted()), approval(encrypted(), deputy));
    assertEquals(
        new ExportOutcome(null, 1), export(two, new ScriptedFiles().with("a.csv", CONTENT)));
  }

  @Test
  @DisplayName("the policy's bounds hold, whatever was signed: recipient, files, bytes, attendant")
  void policyBounds() {
    refused(Refusal.GRANT_RECIPIENT, world.offer(encrypted("somebody-else", 1, 10)));
    refused(Refusal.GRANT_FILES, world.offer(encrypted("prefecture", 4, 10)));
    refused(Refusal.GRANT_BYTES, world.offer(encrypted("prefecture", 1, (1 << 20) + 1)));
    put(GrantSettings.ATTENDANT, List.of(GrantCapability.USB_EXPORT_ENCRYPTED));
    trust();
    refused(Refusal.GRANT_ATTENDANT, world.offer(encrypted()));
    put(GrantSettings.ATTENDANT, List.of());
    put(GrantSettings.CAPABILITIES, List.of(GrantCapability.USB_READ));
    trust();
    refused(Refusal.GRANT_CAPABILITY, world.offer(encrypted()));
  }

  @Test
  @DisplayName("a terminal says which demand of the policy refuses, as the service does")
  void namedDemand() {
    put(UsbSettings.MEDIA, List.of("0".repeat(43)));
    trust();
    refused(Refusal.GRANT_MEDIUM, world.offer(encrypted()));
    put(GrantSettings.FIELDS, List.of(GrantField.values()));
    trust();
    refused(Refusal.GRANT_FIELDS, world.offer(encrypted()));
  }

  @Test
  @DisplayName("a terminal whose policy says nothing of exports lets nothing leave")
  void noPolicy() {
    world.trust =
        new GrantTrust.Now.InForce(
            DeskWorld.trust(
                new Approver(DeskWorld.BOSS, DeskWorld.ORGAN, world.bossSpki), Map.of()));
    refused(Refusal.GRANT_CAPABILITY, world.offer(encrypted()));
  }

  @Test
  @DisplayName("the envelope is for the signed policy's certificate, not for another recipient's")
  void anotherRecipientsCertificate() {
    RecipientKeys mallory = RecipientKeys.make("secp256r1");
    ScriptedFiles files = new ScriptedFiles().with("a.csv", CONTENT);
    assertEquals(new ExportOutcome(null, 1), export(world.offer(encrypted()), files));
    byte[] there = world.gate.memory.files.values().iterator().next();
    org.junit.jupiter.api.Assertions.assertThrows(
        IOException.class, () -> Opened.by(mallory.key(), there));
    put(
        GrantSettings.RECIPIENT_CERTIFICATES,
        List.of(certificate(PREFECTURE), certificate(RecipientKeys.make("rsa1024"))));
    trust();
    world.gate.memory.files.clear();
    // Never silently for fewer than the policy says.
    assertEquals(
        new ExportOutcome(Refusal.EXPORT_RECIPIENT_KEY, 0),
        export(encrypted().request(), new ScriptedFiles().with("a.csv", CONTENT)));
    assertEquals(Map.of(), world.gate.memory.files);
  }

  @Test
  @DisplayName("R13: a layer that takes a recipient's certificate brings no passphrase about")
  void noDowngrade() {
    for (List<RecipientCertificate> below :
        List.of(
            List.<RecipientCertificate>of(),
            List.of(certificate(RecipientKeys.make("secp256r1"))))) {
      PolicyLayer lower =
          new PolicyLayer(
              Layer.ORGAN,
              new SettingValues.Builder()
                  .put(
                      GrantSettings.RECIPIENT_CERTIFICATES,
                      SignedSet.rule("layer.certificates", below))
                  .build(),
              List.of());
      Policy common = policy();
      trust(
          PolicyLayers.combine(
              new PolicyLayer(Layer.COMMON, common.values(), common.readers().roles()),
              List.of(lower)));
      refused(Refusal.GRANT_RECIPIENT, world.offer(encrypted()));
    }
  }

  @Test
  @DisplayName(
      "a grant for writing opens nothing for reading, and one for reading is not written by")
  void oneWayOnly() {
    world.service.offering(world.offer(encrypted()));
    world.desk.poll();
    world.settle();
    world.pass(Duration.ofSeconds(30));
    assertFalse(world.isOpen());
    assertEquals(0, world.gate.opened);
    assertEquals(List.of(), world.log.lines());
    world.unplug(DeskWorld.stick("3-1"));
    world.settle();
    ExportGrant read = DeskWorld.text("read");
    world.service.offering(world.offer(read));
    world.plug(DeskWorld.stick("3-1"));
    ScriptedFiles files = new ScriptedFiles().with("a.csv", CONTENT);
    assertEquals(new ExportOutcome(Refusal.GRANT_CAPABILITY, 0), export(read.request(), files));
    assertEquals(0, world.gate.written);
    assertTrue(world.isOpen());
    // Nor while it is open for reading by another grant.
    world.service.offering(world.offer(read), world.offer(encrypted()));
    assertEquals(
        new ExportOutcome(Refusal.EXPORT_RUNNING, 0), export(encrypted().request(), files));
  }

  @Test
  @DisplayName("more files or bytes than approved do not leave, also after the agent started anew")
  void counts() {
    GrantOffer offer = world.offer(encrypted("prefecture", 2, 30_000));
    ScriptedFiles three =
        new ScriptedFiles()
            .with("a", new byte[10_000])
            .with("b", new byte[20_001])
            .with("c", new byte[1]);
    assertEquals(new ExportOutcome(Refusal.EXPORT_OVER, 1), export(offer, three));
    assertEquals(
        List.of("opened", "written 1/1", "failed 0/0 EXPORT_OVER", "closed not-written"),
        world.log.lines());
    desk = newDesk();
    ScriptedFiles more = new ScriptedFiles().with("b", new byte[20_000]).with("c", new byte[0]);
    assertEquals(new ExportOutcome(Refusal.EXPORT_OVER, 1), export(offer.grant(), more));
    assertEquals(2, world.gate.memory.files.size());
    assertEquals(
        List.of("SEKISHO", "SEKISHO"),
        world.gate.memory.files.keySet().stream().map(name -> name.substring(0, 7)).toList());
    assertEquals(1, world.service.activations.size());
  }

  @Test
  @DisplayName("names with a path, a control character or a dot in front are refused")
  void names() {
    GrantOffer offer = world.offer(encrypted());
    for (String name :
        List.of("../a", "/etc/passwd", "a\nb", ".bashrc", "", "a\u0000b", "x".repeat(101))) {
      ScriptedFiles files = new ScriptedFiles().with(name, CONTENT);
      assertEquals(new ExportOutcome(Refusal.EXPORT_NAME, 0), export(offer, files), name);
    }
    assertEquals(Map.of(), world.gate.memory.files);
  }

  private void brokenOff(Runnable event, String cause) {
    ScriptedFiles files = new ScriptedFiles().with("a", new byte[90_000]);
    int[] pieces = new int[1];
    files.atPiece =
        () -> {
          if (pieces[0]++ == 1) {
            event.run();
          }
        };
    assertEquals(
        new ExportOutcome(Refusal.EXPORT_BROKEN_OFF, 0), export(world.offer(encrypted()), files));
    assertEquals(Map.of(), world.gate.memory.files);
    assertEquals(List.of(), files.told);
    assertTrue(files.brokenOff);
    assertEquals(
        List.of("opened", "failed 1/1 EXPORT_BROKEN_OFF", "closed " + cause), world.log.lines());
  }

  @Test
  @DisplayName("the card pulled breaks the writing off; its part is taken away")
  void cardPulled() {
    brokenOff(() -> world.logOut(DeskWorld.CLERK_HERE), "card-removed");
  }

  @Test
  @DisplayName("so does another person's card")
  void otherCard() {
    brokenOff(() -> world.logIn(DeskWorld.presence(1002, 2, "other")), "seat-lost");
  }

  @Test
  @DisplayName("so does the deadline, by the boot clock")
  void deadline() {
    brokenOff(
        () -> {
          world.sinceBoot = world.sinceBoot.plusMinutes(30);
          world.desk.tick();
        },
        "deadline");
  }

  @Test
  @DisplayName("so does a revocation")
  void revoked() {
    brokenOff(
        () -> {
          world.service.offering();
          world.desk.poll();
          world.settle();
        },
        "revoked");
  }

  @Test
  @DisplayName("so does the medium's unplugging")
  void unplugged() {
    brokenOff(() -> world.unplug(DeskWorld.stick("3-1")), "unplugged");
  }

  @Test
  @DisplayName("so do gates that do not hold any more")
  void notEnforcing() {
    brokenOff(
        () -> {
          world.enforcing = false;
          world.desk.tick();
          world.settle();
        },
        "not-enforcing");
  }

  @Test
  @DisplayName("a file that could not be recorded does not stay, and nobody is told of it")
  void notRecorded() {
    world.log.before = event -> world.log.broken = event instanceof ExportEvent.Written;
    ScriptedFiles files = new ScriptedFiles().with("a", CONTENT);
    assertEquals(
        new ExportOutcome(Refusal.RECORDS_FULL, 0), export(world.offer(encrypted()), files));
    assertEquals(Map.of(), world.gate.memory.files);
    assertEquals(List.of(), files.told);
  }

  @Test
  @DisplayName("nothing is mounted before activation and its record are durable")
  void recordFirst() {
    world.log.broken = true;
    ScriptedFiles files = new ScriptedFiles().with("a", CONTENT);
    assertEquals(
        new ExportOutcome(Refusal.RECORDS_FULL, 0), export(world.offer(encrypted()), files));
    assertEquals(0, world.gate.written);
  }

  @Test
  @DisplayName("a full medium is told before a file counts; one that fails counts it")
  void fullMedium() {
    world.gate.memory.free = 10_000;
    GrantOffer offer = world.offer(encrypted("prefecture", 1, 100_000));
    assertEquals(
        new ExportOutcome(Refusal.EXPORT_MEDIUM, 0),
        export(offer, new ScriptedFiles().with("a", CONTENT)));
    world.gate.memory.free = 1 << 20;
    world.gate.memory.lies = true;
    assertEquals(
        new ExportOutcome(Refusal.EXPORT_MISMATCH, 0),
        export(offer.grant(), new ScriptedFiles().with("a", CONTENT)));
    assertEquals(Map.of(), world.gate.memory.files);
    world.gate.memory.lies = false;
    assertEquals(
        new ExportOutcome(Refusal.EXPORT_OVER, 0),
        export(offer.grant(), new ScriptedFiles().with("a", CONTENT)));
  }

  @Test
  @DisplayName("replayed and foreign activations, and a second one, open nothing")
  void activations() {
    GrantOffer offer = world.offer(encrypted());
    world.service.forge =
        real ->
            new jp.sekisho.protocol.Activated(
                Base64Url.encode(new byte[32]), real.serverTime(), real.deadline());
    refused(Refusal.GRANT_INVALID, offer);
    world.service.forge = real -> real;
    world.service.activations.put(
        offer.grant(),
        new jp.sekisho.protocol.Activated(
            Base64Url.encode(new byte[32]),
            DeskWorld.START.toString(),
            DeskWorld.START.plusSeconds(60).toString()));
    refused(Refusal.GRANT_ACTIVATED, offer);
  }

  @Test
  @DisplayName("each export needs the service, the terminal of the text, and the person's card")
  void whoAndWhere() {
    GrantOffer offer = world.offer(encrypted());
    world.service.offering(offer);
    world.desk.poll();
    world.settle();
    world.service.online = false;
    assertEquals(
        new ExportOutcome(Refusal.SERVER_UNREACHABLE, 0),
        export(offer.grant(), new ScriptedFiles().with("a", CONTENT)));
    world.service.online = true;
    assertEquals(
        new ExportOutcome(Refusal.GRANT_NO_SESSION, 0),
        desk.export(1002, offer.grant(), new ScriptedFiles().with("a", CONTENT)));
    assertEquals(
        new ExportOutcome(Refusal.GRANT_UNKNOWN, 0),
        export(DeskWorld.text("none").request(), new ScriptedFiles()));
    ExportGrant here = encrypted();
    ExportGrant elsewhere =
        new ExportGrant(
            here.request(),
            here.organ(),
            here.person(),
            "T-0099",
            here.capability(),
            here.medium(),
            here.fingerprint(),
            here.reason(),
            here.document(),
            here.legalBasis(),
            here.providedTo(),
            here.subjects(),
            here.start(),
            here.end(),
            here.minutes(),
            null,
            here.export());
    refused(Refusal.GRANT_ELSEWHERE, world.offer(elsewhere));
    world.logOut(DeskWorld.CLERK_HERE);
    LivePresence other =
        new LivePresence(
            UID, DeskWorld.presence(UID, 9, "other").stay(), Sha256.text(DeskWorld.bytes("other")));
    world.logIn(other);
    world.settle();
    refused(Refusal.GRANT_OTHER_CARD, offer);
  }

  @Test
  @DisplayName("R9: a cloned stick beside the right one, and another stick, are not written to")
  void media() {
    PluggedMedium clone = DeskWorld.stick("3-2");
    world.plug(clone);
    world.settle();
    refused(Refusal.MEDIUM_TWICE, world.offer(encrypted()));
    world.unplug(clone);
    world.unplug(DeskWorld.stick("3-1"));
    world.plug(new PluggedMedium("3-3", DeskWorld.fingerprint("another")));
    world.settle();
    refused(Refusal.MEDIUM_OTHER, world.offer(encrypted()));
  }

  @Test
  @DisplayName(
      "what two approve has no extension; damaged counts let nothing leave; asking is limited")
  void further() throws IOException {
    ExportGrant longer = encrypted().extended("もっと", encrypted().end(), 40);
    GrantOffer offer = DeskWorld.with(world.offer(encrypted()), longer, world.boss);
    assertEquals(new ExportOutcome(null, 1), export(offer, new ScriptedFiles().with("a", CONTENT)));
    Files.writeString(temp.resolve("exports.json"), "{}");
    desk = newDesk();
    assertEquals(
        new ExportOutcome(Refusal.EXPORT_COUNTS, 0),
        export(offer.grant(), new ScriptedFiles().with("a", CONTENT)));
    for (int i = 1; i < ExportDesk.MOST_ASKED; i++) {
      export(offer.grant(), new ScriptedFiles());
    }
    assertEquals(
        new ExportOutcome(Refusal.TOO_MANY, 0), export(offer.grant(), new ScriptedFiles()));
  }

  @Test
  @DisplayName("a clock set ahead makes no grant new: what was written still counts")
  void clockAhead() throws IOException {
    GrantOffer offer = world.offer(encrypted("prefecture", 2, 100_000));
    assertEquals(new ExportOutcome(null, 1), export(offer, new ScriptedFiles().with("a", CONTENT)));
    String before = Files.readString(temp.resolve("exports.json"));
    // The service's for a moment, then the wall's; neither is the later of the two.
    world.serverClock.heard(world.service.now().plus(Duration.ofDays(2)));
    export(offer.grant(), new ScriptedFiles().with("b", CONTENT));
    world.pass(GrantDesk.FORGET.plusSeconds(1));
    world.serverClock.heard(world.service.now());
    world.wall.advance(Duration.ofDays(2));
    world.service.offering();
    world.desk.poll();
    world.settle();
    world.pass(GrantDesk.FORGET.plusSeconds(1));
    assertEquals(before, Files.readString(temp.resolve("exports.json")));
    world.wall.advance(Duration.ofDays(-2));
    ScriptedFiles more = new ScriptedFiles().with("c", CONTENT).with("d", CONTENT);
    assertEquals(new ExportOutcome(Refusal.EXPORT_OVER, 1), export(offer, more));
    assertTrue(more.told.get(0).name().endsWith("-0002.p7m"), more.told.get(0).name());
  }

  @Test
  @DisplayName("counts and the key of names go with the exception, when both clocks are past it")
  void forgotten() throws IOException {
    GrantOffer offer = world.offer(encrypted());
    assertEquals(new ExportOutcome(null, 1), export(offer, new ScriptedFiles().with("a", CONTENT)));
    world.sinceBoot = world.sinceBoot.plus(Duration.ofHours(4));
    world.wall.advance(Duration.ofHours(4));
    world.pass(GrantDesk.FORGET.plusSeconds(1));
    // Still on the list: whoever puts an older row back must not have it again.
    assertTrue(Files.readString(temp.resolve("exports.json")).contains(offer.grant()));
    world.service.offering();
    world.desk.poll();
    world.settle();
    assertEquals("{\"exports\":[],\"v\":1}", Files.readString(temp.resolve("exports.json")));
  }

  @Test
  @DisplayName("they go by the tick too, with nobody there and the service away")
  void forgottenOffline() throws IOException {
    GrantOffer offer = world.offer(encrypted());
    assertEquals(new ExportOutcome(null, 1), export(offer, new ScriptedFiles().with("a", CONTENT)));
    world.service.offering();
    world.desk.poll();
    world.settle();
    assertTrue(Files.readString(temp.resolve("exports.json")).contains(offer.grant()));
    world.service.online = false;
    world.logOut(DeskWorld.CLERK_HERE);
    world.sinceBoot = world.sinceBoot.plus(Duration.ofHours(4));
    world.wall.advance(Duration.ofHours(4));
    world.pass(Duration.ofSeconds(1));
    assertEquals("{\"exports\":[],\"v\":1}", Files.readString(temp.resolve("exports.json")));
  }

  @Test
  @DisplayName("users who are not at the screen ask nobody anything, all of them together seldom")
  void withoutSeat() {
    world.service.offering(world.offer(encrypted()));
    int before = world.service.lists;
    for (int i = 0; i < ExportDesk.MOST_ASKED; i++) {
      assertEquals(
          new ExportOutcome(Refusal.PEER_FOREIGN, 0),
          desk.export(2000 + i, encrypted().request(), new ScriptedFiles()));
    }
    for (int i = 0; i < 3; i++) {
      assertEquals(
          new ExportOutcome(Refusal.TOO_MANY, 0),
          desk.export(3000 + i, encrypted().request(), new ScriptedFiles()));
    }
    assertEquals(ExportDesk.MOST_ASKED + 1, world.log.events.size());
    assertEquals("refused TOO_MANY", world.log.lines().get(ExportDesk.MOST_ASKED));
    // At the screen, not logged in: the service is not asked either.
    assertEquals(
        new ExportOutcome(Refusal.GRANT_NO_SESSION, 0),
        desk.export(1002, encrypted().request(), new ScriptedFiles()));
    assertEquals(before, world.service.lists);
    assertEquals(
        new ExportOutcome(null, 1),
        export(encrypted().request(), new ScriptedFiles().with("a", CONTENT)));
  }

  @Test
  @DisplayName("what is refused does not use up the room for what is done")
  void refusedInReserve() {
    world.service.offering(world.offer(encrypted()));
    world.log.room = Room.RESERVE;
    desk.export(2000, encrypted().request(), new ScriptedFiles());
    assertEquals(
        new ExportOutcome(Refusal.RECORDS_FULL, 0),
        export(encrypted().request(), new ScriptedFiles().with("a", CONTENT)));
    assertEquals(List.of(), world.log.lines());
  }

  @Test
  @DisplayName("whatever fails unexpectedly is recorded and answered, and nothing stays open")
  void unexpected() {
    GrantOffer offer = world.offer(encrypted());
    world.gate.whileWriting =
        () -> {
          throw new IllegalStateException("scripted");
        };
    failsInternally(offer, "opened", "failed 0/0 INTERNAL", "closed not-written");
    world.gate.whileWriting =
        () -> {
          throw new LinkageError("scripted");
        };
    failsInternally(
        offer, "opened", "failed 0/0 INTERNAL", "closed not-written", "refused INTERNAL");
    world.gate.whileWriting = () -> {};
    world.whileMeasuring =
        () -> {
          throw new IllegalStateException("scripted");
        };
    failsInternally(offer, "refused INTERNAL");
    world.whileMeasuring = () -> {};
    world.service.whileAsked = () -> world.trustBroken = true;
    failsInternally(offer, "refused INTERNAL");
    world.service.whileAsked = () -> {};
    world.trustBroken = false;
    world.log.events.clear();
    assertEquals(new ExportOutcome(null, 1), export(offer, new ScriptedFiles().with("a", CONTENT)));
    assertEquals(List.of("opened", "written 1/1", "closed written"), world.log.lines());
  }

  private void failsInternally(GrantOffer offer, String... lines) {
    world.log.events.clear();
    assertEquals(
        new ExportOutcome(Refusal.INTERNAL, 0),
        export(offer, new ScriptedFiles().with("a", CONTENT)));
    assertEquals(List.of(lines), world.log.lines());
    assertTrue(world.gate.mounted.isEmpty());
  }

  @Test
  @DisplayName("the policy's certificates changed between two files: the second is not written")
  void recipientChanged() {
    ScriptedFiles files = new ScriptedFiles().with("a", CONTENT).with("b", CONTENT);
    int[] asked = new int[1];
    files.atNext =
        () -> {
          if (asked[0]++ == 1) {
            put(
                GrantSettings.RECIPIENT_CERTIFICATES,
                List.of(certificate(RecipientKeys.make("secp256r1"))));
            trust();
            world.desk.tick();
          }
        };
    assertEquals(
        new ExportOutcome(Refusal.EXPORT_BROKEN_OFF, 1), export(world.offer(encrypted()), files));
    assertEquals(1, world.gate.memory.files.size());
    assertEquals(
        List.of("opened", "written 1/1", "failed 0/0 EXPORT_BROKEN_OFF", "closed revoked"),
        world.log.lines());
  }

  @Test
  @DisplayName("so is a passphrase given up where the policy has a certificate by now")
  void certificateInstead() {
    ScriptedFiles files = new ScriptedFiles().with("a", CONTENT);
    files.atShow =
        () -> {
          put(
              GrantSettings.RECIPIENT_CERTIFICATES,
              List.of(
                  new RecipientCertificate(
                      "pension-office", certificate(PREFECTURE).certificate())));
          trust();
        };
    assertEquals(
        new ExportOutcome(Refusal.EXPORT_BROKEN_OFF, 0),
        export(world.offer(encrypted("pension-office", 2, 100_000)), files));
    assertEquals(0, world.gate.written);
    assertEquals(List.of(), world.service.asked);
  }

  @Test
  @DisplayName("what happens while a passphrase is shown counts, and is recorded outside the lock")
  void whileShown() {
    world.log.before = event -> assertFalse(Thread.holdsLock(world.desk), event.type());
    ScriptedFiles files = new ScriptedFiles().with("a", CONTENT);
    files.atShow = () -> world.unplug(DeskWorld.stick("3-1"));
    assertEquals(
        new ExportOutcome(Refusal.MEDIUM_ABSENT, 0),
        export(world.offer(encrypted("pension-office", 2, 100_000)), files));
    assertEquals(List.of("refused MEDIUM_ABSENT"), world.log.lines());
    assertEquals(List.of(), world.service.asked);
  }

  @Test
  @DisplayName("an older list that comes late opens nothing that a newer one took away")
  void olderList() {
    world.service.offering(world.offer(DeskWorld.text("read")));
    world.desk.poll();
    world.settle();
    assertTrue(world.isOpen());
    world.service.whileListed =
        () -> {
          world.service.offering();
          assertEquals(
              new ExportOutcome(Refusal.GRANT_UNKNOWN, 0),
              desk.export(UID, encrypted().request(), new ScriptedFiles()));
        };
    world.desk.poll();
    world.settle();
    world.pass(Duration.ofSeconds(30));
    assertFalse(world.isOpen());
    assertEquals(List.of("opened", "refused GRANT_UNKNOWN", "closed revoked"), world.log.lines());
    assertEquals(1, world.gate.opened);
  }
}
