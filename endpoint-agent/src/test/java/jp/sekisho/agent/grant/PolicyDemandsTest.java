package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.testing.SignedSet;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantField;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.usb.UsbSettings;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.GrantSeries.Repeat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The terminal asks its own signed policy about a reading in every demand: a service that approves
 * what the policy does not permit opens nothing.
 */
class PolicyDemandsTest {
  private static final PluggedMedium STICK = DeskWorld.stick("3-1");
  private static final ExportGrant TEXT = DeskWorld.text("one");
  private static final GrantSeries SERIES =
      new GrantSeries(DeskWorld.text("series"), Repeat.WEEKLY, 3);

  @TempDir Path temp;
  private DeskWorld world;

  private static Arguments demand(String name, Refusal refusal, Consumer<DeskWorld> stricter) {
    return Arguments.of(name, refusal, stricter);
  }

  static Stream<Arguments> demands() {
    return Stream.of(
        demand(
            "capability",
            Refusal.GRANT_CAPABILITY,
            world ->
                world.signed(
                    GrantSettings.CAPABILITIES, List.of(GrantCapability.USB_EXPORT_ENCRYPTED))),
        demand(
            "field",
            Refusal.GRANT_FIELDS,
            world -> world.signed(GrantSettings.FIELDS, List.of(GrantField.PROVIDED_TO))),
        demand(
            "attendant",
            Refusal.GRANT_ATTENDANT,
            world -> world.signed(GrantSettings.ATTENDANT, List.of(GrantCapability.USB_READ))),
        demand(
            "second approver",
            Refusal.APPROVAL_SECOND,
            world ->
                world.signed(GrantSettings.SECOND_APPROVER, List.of(GrantCapability.USB_READ))),
        demand(
            "medium",
            Refusal.GRANT_MEDIUM,
            world -> world.signed(UsbSettings.MEDIA, List.of(DeskWorld.fingerprint("another")))),
        demand(
            "no medium",
            Refusal.GRANT_MEDIUM,
            world -> world.signed(UsbSettings.MEDIA, List.of())));
  }

  @BeforeEach
  void terminal() {
    world = new DeskWorld(temp.resolve("activations.json"));
    world.signed(GrantSettings.LONGEST_SERIES, Duration.ofDays(31));
    world.running();
    world.logIn(DeskWorld.CLERK_HERE);
  }

  private void offering(GrantOffer offer) {
    world.service.offering(offer);
    world.plug(STICK);
    world.desk.poll();
    world.settle();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("demands")
  @DisplayName("what was approved against the policy opens nothing, of a series neither")
  void notOpened(String name, Refusal refusal, Consumer<DeskWorld> stricter) {
    for (GrantOffer offer : List.of(world.offer(TEXT), world.offer(SERIES, 1))) {
      stricter.accept(world);
      world.log.events.clear();
      offering(offer);
      assertFalse(world.isOpen(), name);
      assertEquals(0, world.gate.opened);
      assertEquals(List.of("refused " + refusal), world.log.lines());
      assertEquals(List.of(), world.service.asked);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("demands")
  @DisplayName("a policy that becomes stricter closes the open medium, of a series too")
  void closed(String name, Refusal refusal, Consumer<DeskWorld> stricter) {
    GrantTrust.Now before = world.trust;
    for (GrantOffer offer : List.of(world.offer(TEXT), world.offer(SERIES, 1))) {
      world.trust = before;
      offering(offer);
      assertTrue(world.isOpen(), name);
      world.log.events.clear();
      // Without the service: what the terminal holds is enough.
      world.service.online = false;
      stricter.accept(world);
      world.desk.tick();
      world.settle();
      assertFalse(world.isOpen(), name);
      assertEquals(List.of("closed revoked", "refused " + refusal), world.log.lines());
      world.service.online = true;
      world.unplug(STICK);
      world.settle();
    }
  }

  @Test
  @DisplayName("a policy that says nothing of it permits nothing, and demands everything")
  void unsaid() {
    world.trust =
        new GrantTrust.Now.InForce(
            DeskWorld.trust(
                new Approver(DeskWorld.BOSS, DeskWorld.ORGAN, world.bossSpki),
                Map.of(),
                new SettingValues.Builder()));
    offering(world.offer(TEXT));
    assertFalse(world.isOpen());
    assertEquals(List.of("refused GRANT_CAPABILITY"), world.log.lines());
    SettingValues.Builder some = new SettingValues.Builder();
    DeskWorld.put(some, GrantSettings.CAPABILITIES, List.of(GrantCapability.USB_READ));
    DeskWorld.put(some, GrantSettings.FIELDS, List.of());
    world.trust =
        new GrantTrust.Now.InForce(
            DeskWorld.trust(
                new Approver(DeskWorld.BOSS, DeskWorld.ORGAN, world.bossSpki), Map.of(), some));
    world.desk.tick();
    world.settle();
    assertFalse(world.isOpen());
    assertTrue(world.log.lines().contains("refused APPROVAL_SECOND"), world.log.lines()::toString);
  }

  @Test
  @DisplayName("a terminal of the tax counter's layer opens no medium, whoever approved it")
  void counter() throws Exception {
    // Of the profile itself: the layer's rule is the one that is read here.
    String source =
        Files.readString(Path.of("../policies/profiles/city/counter.yaml"), StandardCharsets.UTF_8);
    assertTrue(
        source.contains("  capabilities:\n    id: counter.capabilities\n    value: []\n"), source);
    SettingValues.Builder more = DeskWorld.readings();
    more.put(GrantSettings.CAPABILITIES, SignedSet.rule("counter.capabilities", List.of()));
    world.trust =
        new GrantTrust.Now.InForce(
            DeskWorld.trust(
                new Approver(DeskWorld.BOSS, DeskWorld.ORGAN, world.bossSpki),
                Map.of(world.bossSpki, DeskWorld.BOSS),
                more));
    offering(world.offer(TEXT));
    assertFalse(world.isOpen());
    assertEquals(List.of("refused GRANT_CAPABILITY"), world.log.lines());
  }

  @Test
  @DisplayName("what somebody stands by has no extension, as at the service")
  void attendedExtension() {
    ExportGrant attended =
        new ExportGrant(
            TEXT.request(),
            TEXT.organ(),
            TEXT.person(),
            TEXT.terminal(),
            TEXT.capability(),
            TEXT.medium(),
            TEXT.fingerprint(),
            TEXT.reason(),
            TEXT.document(),
            TEXT.legalBasis(),
            TEXT.providedTo(),
            TEXT.subjects(),
            TEXT.start(),
            TEXT.end(),
            TEXT.minutes(),
            "S-2050",
            null);
    GrantOffer offer = world.offer(attended);
    offering(offer);
    assertTrue(world.isOpen());
    var until = world.desk.open().get(0).until();
    offering(
        DeskWorld.with(offer, attended.extended("読取りに時間がかかる", attended.end(), 45), world.boss));
    assertEquals(until, world.desk.open().get(0).until());
    assertEquals(List.of("opened", "refused GRANT_BY_TWO"), world.log.lines());
    assertEquals(Set.of(STICK), world.gate.mounted);
  }

  @Test
  @DisplayName("an extension that the policy does not permit leaves the use as it was approved")
  void extension() {
    GrantOffer offer = world.offer(TEXT);
    offering(offer);
    var until = world.desk.open().get(0).until();
    offering(DeskWorld.with(offer, TEXT.extended("長すぎる", TEXT.end(), 61), world.boss));
    assertEquals(until, world.desk.open().get(0).until());
    assertEquals(List.of("opened", "refused GRANT_TOO_LONG"), world.log.lines());
  }
}
