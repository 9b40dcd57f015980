package jp.sekisho.agent.emergency;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import jp.sekisho.agent.cli.AgentService;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.enforce.DecisionLog;
import jp.sekisho.agent.enforce.Gates;
import jp.sekisho.agent.enforce.MediaGate;
import jp.sekisho.agent.enforce.MediumReader;
import jp.sekisho.agent.enforce.MediumWriter;
import jp.sekisho.agent.enforce.OpenOutcome;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.enforce.WriteOutcome;
import jp.sekisho.agent.enroll.EnrollOutcome;
import jp.sekisho.agent.enroll.Enrollment;
import jp.sekisho.agent.export.ExportOutcome;
import jp.sekisho.agent.heartbeat.Enforcement;
import jp.sekisho.agent.ipc.EmergencyCall;
import jp.sekisho.agent.ipc.ExportCall;
import jp.sekisho.agent.ipc.OfflineCall;
import jp.sekisho.agent.ipc.SessionProcess;
import jp.sekisho.agent.offline.OfflineOutcome;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.agent.seat.LocalPresence;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.testing.Await;
import jp.sekisho.agent.testing.FakeService;
import jp.sekisho.agent.testing.LoginPage;
import jp.sekisho.agent.testing.MemoryMedium;
import jp.sekisho.agent.testing.Opened;
import jp.sekisho.agent.testing.ScriptedFiles;
import jp.sekisho.agent.testing.SignedSet;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.agent.testing.TrustSource;
import jp.sekisho.agent.testing.Typist;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.usb.UsbEvaluator;
import jp.sekisho.policy.usb.UsbSettings;
import jp.sekisho.protocol.ActivateRequest;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.EnrollmentTicket;
import jp.sekisho.protocol.GrantList;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.LoopbackStatus;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.OnlineLogin;
import jp.sekisho.protocol.OnlineLogins;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.statement.BreakGlass.Reason;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.simulate.PivApplet;
import jp.sekisho.smartcard.simulate.TestCa;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.VirtualCard;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The whole agent with a real pcscd and three people's virtual cards; the service goes away and
 * comes back. Only the kernel's gate is a stand-in: the real one is the virtual machine's.
 */
@Tag("pcsc")
@Timeout(120)
class EmergencyIT {
  private static final PluggedMedium STICK = new PluggedMedium("3-1", Sha256.text(new byte[9]));
  private static final List<String> ROUTES =
      List.of("grants", "heartbeat", "events", "policy", "card-trust", "logins");

  /** Gates that hold, with one stick plugged in. */
  private static final class OneStick implements Gates, MediaGate {
    private final Set<PluggedMedium> open = ConcurrentHashMap.newKeySet();
    private final MemoryMedium files = new MemoryMedium();

    @Override
    public void start(DecisionLog log) {}

    @Override
    public boolean gating() {
      return true;
    }

    @Override
    public void decideBy(UsbEvaluator rules) {}

    @Override
    public Enforcement enforcement() {
      return new Enforcement(true, null);
    }

    @Override
    public MediaGate media() {
      return this;
    }

    @Override
    public void close() {}

    @Override
    public List<PluggedMedium> plugged() {
      return List.of(STICK);
    }

    @Override
    public void onPlugged(Consumer<PluggedMedium> listener) {}

    @Override
    public void onUnplugged(Consumer<PluggedMedium> listener) {}

    @Override
    public OpenOutcome openReadOnly(PluggedMedium medium, int user) {
      open.add(medium);
      return new OpenOutcome.Opened(Path.of("/run/sekisho/media/3-1/medium"));
    }

    @Override
    public WriteOutcome write(PluggedMedium medium, MediumWriter writer) {
      try {
        writer.write(files);
        return new WriteOutcome.Done();
      } catch (IOException e) {
        return new WriteOutcome.Failed(Refusal.EXPORT_MEDIUM, true);
      }
    }

    @Override
    public WriteOutcome read(PluggedMedium plugged, MediumReader reader) {
      throw new AssertionError("nothing is taken in here");
    }

    @Override
    public boolean close(PluggedMedium medium) {
      open.remove(medium);
      return true;
    }
  }

  /** Makes a card's memory; the hash of its key. */
  private static String card(Path directory, String person, Path ca) throws Exception {
    PivApplet unused =
        PivApplet.open(
            directory, new NewCard(NewCard.Kind.STAFF, person, Optional.of(ca), Optional.empty()));
    return Sha256.text(
        StateDirectory.certificate(Files.readAllBytes(directory.resolve("9a.der")))
            .getPublicKey()
            .getEncoded());
  }

  private static void cut(FakeService service) {
    ROUTES.forEach(route -> service.overrides.put(route, HttpExchange::close));
  }

  private static void servePolicy(FakeService service, byte[] bundle) {
    service.overrides.put("policy", exchange -> FakeService.answer(exchange, 200, bundle));
  }

  private static void serveCardTrust(FakeService service, TestCa ca) throws Exception {
    TrustSource trust = new TrustSource();
    trust.judge(
        CardKind.STAFF_PIV,
        List.of(ca.root().getEncoded()),
        List.of(Files.readAllBytes(ca.crl())),
        null);
    byte[] list = ((Reply.Ok<Optional<byte[]>>) trust.list(null)).value().orElseThrow();
    service.overrides.put("card-trust", exchange -> FakeService.answer(exchange, 200, list));
    trust.parts.forEach((name, der) ->
        service.overrides.put(
            "card-trust/" + name, exchange -> FakeService.answer(exchange, 200, der)));
  }

  @Test
  @DisplayName(
      "a clerk logs in without the service; two approvers' cards and theirs open a stick until they"
          + " go")
  void breakGlass() throws Exception {
    Path temp = Files.createTempDirectory("sk");
    Path clerk = temp.resolve("c");
    Path first = temp.resolve("a");
    Path second = temp.resolve("b");
    TestCa ca = TestCa.open(temp.resolve("ca"));
    String clerkKey = card(clerk, "S-1024", temp.resolve("ca"));
    String firstKey = card(first, "S-0007", temp.resolve("ca"));
    String secondKey = card(second, "S-0008", temp.resolve("ca"));
    KeyPair officer = TestPki.newKeys();
    SignedSet signed = new SignedSet(Instant.now(), List.of(Sha256.text(ca.root().getEncoded())));
    byte[] bundle =
        signed
            .bundle(
                1,
                Instant.now(),
                SignedSet.policy(
                    List.of(
                        new Approver("S-0007", "mayor", firstKey),
                        new Approver("S-0008", "mayor", secondKey),
                        new Approver(
                            "S-0009", "mayor", Sha256.text(officer.getPublic().getEncoded()))),
                    new SettingValues.Builder()
                        .put(
                            GrantSettings.EMERGENCY,
                            SignedSet.rule("grants.emergency", Duration.ofMinutes(60)))
                        .put(
                            GrantSettings.CAPABILITIES,
                            SignedSet.rule(
                                "grants.capabilities",
                                List.of(GrantCapability.USB_EXPORT_ENCRYPTED)))
                        .put(
                            GrantSettings.SECOND_APPROVER,
                            SignedSet.rule("grants.second-approver", List.of()))
                        .put(GrantSettings.ATTENDANT, SignedSet.rule("grants.attendant", List.of()))
                        .put(GrantSettings.FIELDS, SignedSet.rule("grants.fields", List.of()))
                        .put(
                            GrantSettings.RECIPIENTS,
                            SignedSet.rule("grants.recipients", List.of("prefecture")))
                        .put(GrantSettings.MOST_FILES, SignedSet.rule("grants.most-files", 5))
                        .put(
                            GrantSettings.MOST_DATA,
                            SignedSet.rule("grants.most-data", new DataSize(1 << 20)))
                        .put(
                            LoginSettings.FACTORS,
                            SignedSet.rule("login.factors", List.of(LoginFactors.CARD_PIN)))
                        .put(LoginSettings.OFFLINE_DAYS, SignedSet.rule("login.offline-days", 3))
                        .put(
                            LoginSettings.OFFLINE_POWER,
                            SignedSet.rule("login.offline-power", Duration.ofDays(2)))
                        .put(LoginSettings.OFFLINE_BOOTS, SignedSet.rule("login.offline-boots", 20))
                        .put(
                            LoginSettings.OFFLINE_KNOWN,
                            SignedSet.rule("login.offline-known", Duration.ofDays(14)))
                        .put(
                            UsbSettings.MEDIA,
                            SignedSet.rule("usb.media", List.of(UsbSettings.EVERY_REGISTERED)))
                        .build()),
                Map.of(clerkKey, "S-1024", firstKey, "S-0007", secondKey, "S-0008"))
            .bytes();
    try (PcscService pcsc = PcscService.start();
        FakeService service = FakeService.start();
        VirtualCard clerkCard = pcsc.card(0, clerk);
        VirtualCard approvers = pcsc.card(1, first)) {
      approvers.remove();
      service.logins =
          new OnlineLogins(List.of(new OnlineLogin("S-1024", clerkKey, Instant.now().toString())));
      servePolicy(service, bundle);
      serveCardTrust(service, ca);
      EnrollmentTicket plain = service.ticket();
      StateDirectory state = new StateDirectory(temp.resolve("state"));
      assertInstanceOf(
          EnrollOutcome.Done.class,
          new Enrollment(
                  state,
                  List.of(ReaderRoles.Rule.parse("Virtual PCD *=staff")),
                  47621,
                  "it",
                  Duration.ofSeconds(20))
              .enroll(
                  new EnrollmentTicket(
                          plain.url(), plain.token(), signed.rootHash(), plain.serverCaHash())
                      .text()));
      Path socket = temp.resolve("run/agent.sock");
      OneStick gates = new OneStick();
      AtomicInteger locks = new AtomicInteger();
      try (AgentService agent =
              AgentService.start(
                  new AgentService.Options(state, socket, 0, gates, LocalPresence.ANYBODY, "it"));
          SessionProcess session =
              new SessionProcess(
                  socket,
                  new PeerCredentials(),
                  Locale.JAPANESE,
                  new Typist(),
                  locks::incrementAndGet)) {
        Thread seat = new Thread(() -> run(session), "seat");
        seat.start();
        LoginPage page = new LoginPage(agent.loopback());
        Await.until(
            "policy taken, and a login can start",
            () -> {
              LoopbackStatus status = page.status();
              return status != null
                  && status.triesLeft() != null
                  && types(service).contains("policy.accepted");
            });
        Await.until(
            "CAs and lists kept", () -> Files.exists(state.cardTrust().resolve("list.json")));
        Await.until("who is logged in online is kept", () -> holds(state.offline(), clerkKey));
        page.login(service.transaction("login"));

        exports(socket, service, officer, gates.files);

        EmergencyOutcome online = ask(socket, approvers, second);
        assertEquals(new EmergencyOutcome.Refused(Refusal.EMERGENCY_ONLINE), online);
        assertEquals(new OfflineOutcome.Refused(Refusal.OFFLINE_ONLINE), offline(socket).outcome());
        cut(service);
        clerkCard.remove();
        Await.until("the clerk's screen locked", () -> locks.get() > 0);
        clerkCard.insert();
        assertEquals(new OfflineOutcome.LoggedIn("S-1024", 720), offline(socket).outcome());
        EmergencyOutcome opened = ask(socket, approvers, second);
        assertInstanceOf(EmergencyOutcome.Opened.class, opened, opened::toString);
        assertEquals(Set.of(STICK), gates.open);
        LoopbackStatus status = page.status();
        assertTrue(status != null && status.export() != null, "the page says so");

        ROUTES.forEach(service.overrides::remove);
        servePolicy(service, bundle);
        serveCardTrust(service, ca);
        clerkCard.remove();
        Await.until("closed", gates.open::isEmpty);
        Await.until(
            "the records arrive",
            () -> types(service).containsAll(List.of("emergency.closed", "offline.ended")));
      }
      assertEquals(
          List.of(
              "emergency.refused",
              "emergency.asked",
              "emergency.signed",
              "emergency.signed",
              "emergency.signed",
              "emergency.opened",
              "emergency.closed"),
          types(service).stream().filter(type -> type.startsWith("emergency.")).toList());
    }
  }

  /** The agent writes for who is logged in, by a grant of the list, over the socket. */
  private static void exports(
      Path socket, FakeService service, KeyPair officer, MemoryMedium medium) throws Exception {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    ExportGrant text =
        new ExportGrant(
            Base64Url.encode(new byte[16]),
            "mayor",
            "S-1024",
            "T-0042",
            ExportGrant.Capability.USB_EXPORT_ENCRYPTED,
            "M-0007",
            STICK.fingerprint(),
            "県への報告",
            null,
            null,
            null,
            1,
            now.minusSeconds(60),
            now.plusSeconds(3_600),
            30,
            null,
            new ExportGrant.Export("prefecture", 1, 1_000, List.of()));
    CardStatement card =
        new CardStatement(
            FakeService.ORIGIN,
            Base64Url.encode(new byte[16]),
            Base64Url.encode(new byte[32]),
            Purpose.APPROVE,
            "T-0001",
            Sha256.text(new byte[1]),
            text.detail());
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(officer.getPrivate());
    signer.update(card.bytes());
    GrantOffer offer =
        new GrantOffer(
            text.request(),
            Base64Url.encode(text.bytes()),
            Base64Url.encode(card.bytes()),
            Base64Url.encode(signer.sign()),
            Base64Url.encode(officer.getPublic().getEncoded()),
            "approved",
            null,
            null);
    byte[] list = WireJson.write(new GrantList(List.of(offer)));
    service.overrides.put("grants", exchange -> FakeService.answer(exchange, 200, list));
    String route = "grants/" + text.request() + "/activate";
    service.overrides.put(
        route,
        exchange -> {
          try {
            ActivateRequest asked =
                WireJson.read(
                    Objects.requireNonNull(service.bodies.get(route)), ActivateRequest.class);
            Instant time = Instant.now();
            FakeService.answer(
                exchange,
                200,
                WireJson.write(
                    new Activated(asked.nonce(), time.toString(), text.deadline(time).toString())));
          } catch (MalformedException e) {
            throw new IOException(e);
          }
        });
    byte[] content = "一行目の住民情報".getBytes(StandardCharsets.UTF_8);
    ScriptedFiles files = new ScriptedFiles().with("名簿.csv", content);
    assertEquals(
        new ExportOutcome(null, 1),
        ExportCall.ask(socket, new PeerCredentials(), text.request(), files).outcome());
    Opened opened = Opened.by(files.shown.get(0), medium.files.values().iterator().next());
    assertEquals("名簿.csv", opened.name());
    assertArrayEquals(content, opened.content());
    Await.until(
        "the records of it arrive",
        () ->
            types(service)
                .containsAll(List.of("export.opened", "export.written", "export.closed")));
    service.overrides.remove("grants");
  }

  private static boolean holds(Path file, String text) {
    try {
      return Files.exists(file) && Files.readString(file).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static OfflineCall.Told offline(Path socket) throws IOException {
    return OfflineCall.ask(socket, new PeerCredentials(), false);
  }

  private static List<String> types(FakeService service) {
    return service.records.stream().map(DeviceRecord::type).toList();
  }

  private static EmergencyOutcome ask(Path socket, VirtualCard approvers, Path second)
      throws IOException {
    return EmergencyCall.ask(
        socket,
        new PeerCredentials(),
        30,
        Reason.DISASTER,
        (step, problem) -> {
          try {
            switch (step) {
              case FIRST -> approvers.insert();
              case SECOND -> approvers.swap(second);
              case USER -> approvers.remove();
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static void run(SessionProcess session) {
    try {
      session.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
