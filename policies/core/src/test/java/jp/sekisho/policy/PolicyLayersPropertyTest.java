package jp.sekisho.policy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import jp.sekisho.policy.clipboard.ClipboardCopy;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.grant.RecipientCertificate;
import jp.sekisho.policy.login.LoginAttempt;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.reader.ReaderRole;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.setting.Comparison;
import jp.sekisho.policy.setting.Order;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.usb.UsbDevice;
import jp.sekisho.policy.usb.UsbSurroundings;
import jp.sekisho.protocol.MalformedException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R25: policies of layers, over random layers and acts from fixed seeds. */
class PolicyLayersPropertyTest {
  private static final int ROUNDS = 150;

  private static List<PolicyLayer> lower(RandomPolicies random) {
    return List.of(
        random.lower(Layer.ORGAN), random.lower(Layer.DIVISION), random.lower(Layer.GROUP));
  }

  @Test
  @DisplayName("every setting is in the generator, so none escapes the properties below")
  void complete() {
    assertEquals(Set.copyOf(Settings.all()), new RandomPolicies(1).known());
  }

  @Test
  @DisplayName("layers combined permit nothing that the common layer alone forbids")
  void neverWiderThanCommon() {
    RandomPolicies random = new RandomPolicies(61);
    int differing = 0;
    for (int i = 0; i < ROUNDS; i++) {
      PolicyLayer common = random.common();
      PolicyEvaluator upper = PolicyEvaluator.by(PolicyLayers.combine(common, List.of()));
      PolicyEvaluator all = PolicyEvaluator.by(PolicyLayers.combine(common, lower(random)));
      for (int k = 0; k < 25; k++) {
        Function<PolicyEvaluator, Decision> act = random.act();
        Decision wide = act.apply(upper);
        Decision tight = act.apply(all);
        assertTrue(tight.effect().isAtMost(wide.effect()), wide + " became " + tight);
        differing += wide.effect() == tight.effect() ? 0 : 1;
      }
    }
    assertTrue(differing > 200, "the layers made hardly any difference: " + differing);
  }

  @Test
  @DisplayName("layers combined permit nothing that any further layer forbids")
  void neverWiderThanAnyLayer() {
    RandomPolicies random = new RandomPolicies(62);
    for (int i = 0; i < ROUNDS; i++) {
      PolicyLayer common = random.common();
      List<PolicyLayer> lower = lower(random);
      PolicyEvaluator all = PolicyEvaluator.by(PolicyLayers.combine(common, lower));
      for (PolicyLayer one : lower) {
        PolicyEvaluator fewer = PolicyEvaluator.by(PolicyLayers.combine(common, List.of(one)));
        Function<PolicyEvaluator, Decision> act = random.act();
        assertTrue(act.apply(all).effect().isAtMost(act.apply(fewer).effect()));
      }
    }
  }

  @Test
  @DisplayName("the order of the layers changes no effect and no strictness")
  void order() {
    RandomPolicies random = new RandomPolicies(63);
    for (int i = 0; i < ROUNDS; i++) {
      PolicyLayer common = random.common();
      List<PolicyLayer> lower = new ArrayList<>(lower(random));
      Policy one = PolicyLayers.combine(common, lower);
      Collections.shuffle(lower, new Random(i));
      Policy other = PolicyLayers.combine(common, lower);
      for (Setting<?> setting : Settings.all()) {
        assertEquals(Comparison.SAME, compare(setting, one, other), setting.path());
      }
      Function<PolicyEvaluator, Decision> act = random.act();
      assertEquals(
          act.apply(PolicyEvaluator.by(one)).effect(),
          act.apply(PolicyEvaluator.by(other)).effect());
    }
  }

  private static <T> Comparison compare(Setting<T> setting, Policy one, Policy other) {
    return setting.order().compare(one.values().value(setting), other.values().value(setting));
  }

  @Test
  @DisplayName("a setting nobody names has its strictest value: leaving one out never widens")
  void unset() {
    RandomPolicies random = new RandomPolicies(64);
    for (int i = 0; i < ROUNDS; i++) {
      PolicyLayer common = random.common();
      Policy whole = PolicyLayers.combine(common, List.of());
      List<Setting<?>> optional = new ArrayList<>(whole.more().settings());
      optional.removeIf(setting -> setting.section().equals("calendar"));
      if (optional.isEmpty()) {
        continue;
      }
      Setting<?> gone = optional.get(i % optional.size());
      SettingValues.Builder rest = new SettingValues.Builder();
      common.values().settings().stream()
          .filter(setting -> setting != gone)
          .forEach(setting -> rest.copy(setting, common.values()));
      Policy without =
          PolicyLayers.combine(
              new PolicyLayer(Layer.COMMON, rest.build(), common.roles()), List.of());
      for (int k = 0; k < 20; k++) {
        Function<PolicyEvaluator, Decision> act = random.act();
        Decision then = act.apply(PolicyEvaluator.by(whole));
        Decision now = act.apply(PolicyEvaluator.by(without));
        assertTrue(now.effect().isAtMost(then.effect()), gone + ": " + then + " → " + now);
      }
    }
  }

  @Test
  @DisplayName("the laws of strictness hold for every setting's order")
  void laws() {
    RandomPolicies random = new RandomPolicies(65);
    for (int i = 0; i < 300; i++) {
      for (Setting<?> setting : Settings.all()) {
        laws(setting, random);
      }
    }
  }

  private static <T> void laws(Setting<T> setting, RandomPolicies random) {
    Order<T> order = setting.order();
    T a = random.value(setting);
    T b = random.value(setting);
    T meet = order.meet(a, b);
    assertEquals(Comparison.SAME, order.compare(a, a), setting.path());
    assertTrue(order.tightens(meet, a), setting + ": " + meet + " is no tighter than " + a);
    boolean fact = setting.section().equals("calendar") || setting == Settings.SEGMENT;
    assertTrue(fact || order.tightens(meet, b), setting + ": " + meet + " of " + a + ", " + b);
    assertTrue(fact || order.tightens(setting.strictest(), a), setting + ": not strictest");
  }

  @Test
  @DisplayName(
      "hubs, the first keyboard and pointer, card readers, security keys and the system "
          + "disk are let in by every policy there can be")
  void neverBlocked() {
    RandomPolicies random = new RandomPolicies(66);
    UsbSurroundings alone = UsbSurroundings.PLAIN;
    for (int i = 0; i < ROUNDS; i++) {
      PolicyEvaluator by = PolicyEvaluator.by(PolicyLayers.combine(random.common(), lower(random)));
      for (String harmless : List.of("090000", "030101", "030102", "0b0000", "030000")) {
        Decision decision = by.usb(RandomPolicies.device(harmless), alone, null);
        assertEquals(Effect.ALLOW, decision.effect(), harmless);
      }
      UsbDevice stick = RandomPolicies.device("080650");
      UsbSurroundings system = new UsbSurroundings(true, true, false);
      assertEquals(Effect.ALLOW, by.usb(stick, system, null).effect());
      assertFalse(by.usb(stick, alone, null).effect() == Effect.ALLOW);
      assertEquals(Effect.ALLOW, by.network(jp.sekisho.policy.media.NetworkKind.WIRED).effect());
    }
  }

  @Test
  @DisplayName("one factor is refused by every policy there can be (R1)")
  void oneFactor() {
    RandomPolicies random = new RandomPolicies(67);
    for (int i = 0; i < ROUNDS; i++) {
      PolicyEvaluator by = PolicyEvaluator.by(PolicyLayers.combine(random.common(), List.of()));
      LoginAttempt attempt = random.attempt();
      Decision decision =
          by.login(new LoginAttempt(null, attempt.card(), true, attempt.at(), attempt.offline()));
      assertEquals(Effect.BLOCK, decision.effect());
      assertEquals(Layer.BUILT_IN, decision.layer());
    }
  }

  @Test
  @DisplayName("every decision names a rule of the policy, or a built-in one, and its layer")
  void named() {
    RandomPolicies random = new RandomPolicies(68);
    for (int i = 0; i < ROUNDS; i++) {
      Policy policy = PolicyLayers.combine(random.common(), lower(random));
      Decision decision = random.act().apply(PolicyEvaluator.by(policy));
      boolean own =
          policy
              .rules()
              .anyMatch(
                  rule -> rule.id().equals(decision.rule()) && rule.layer() == decision.layer());
      assertTrue(own || decision.layer() == Layer.BUILT_IN, decision.toString());
    }
  }

  @Test
  @DisplayName("policies of every setting have one byte sequence and read as the same policy")
  void bytes() throws MalformedException {
    RandomPolicies random = new RandomPolicies(69);
    Set<Setting<?>> seen = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      Policy policy = PolicyLayers.combine(random.common(), lower(random));
      assertEquals(policy, Policy.parse(policy.bytes()));
      assertArrayEquals(policy.bytes(), Policy.parse(policy.bytes()).bytes());
      seen.addAll(policy.values().settings());
    }
    assertEquals(Settings.all().size(), seen.size());
  }

  @Test
  @DisplayName("a suspension never outlasts the session, whichever layer shortens which")
  void suspension() {
    RandomPolicies random = new RandomPolicies(70);
    for (int i = 0; i < ROUNDS; i++) {
      SettingValues values = PolicyLayers.combine(random.common(), lower(random)).values();
      assertTrue(
          values
                  .value(LoginSettings.LOCK_TO_END)
                  .compareTo(values.value(LoginSettings.SESSION_ABSOLUTE))
              <= 0);
    }
  }

  @Test
  @DisplayName("R13: for whom one layer names a certificate, no layers together name none")
  void certificates() {
    RandomPolicies random = new RandomPolicies(73);
    int taken = 0;
    for (int i = 0; i < ROUNDS; i++) {
      PolicyLayer common = random.common();
      List<PolicyLayer> lower = lower(random);
      Set<String> named = new HashSet<>(certified(common.values()));
      lower.forEach(layer -> named.addAll(certified(layer.values())));
      SettingValues all = PolicyLayers.combine(common, lower).values();
      for (String recipient : all.value(GrantSettings.RECIPIENTS)) {
        boolean bare = !certified(all).contains(recipient);
        assertFalse(bare && named.contains(recipient), recipient);
      }
      taken +=
          common.values().value(GrantSettings.RECIPIENTS).size()
              - all.value(GrantSettings.RECIPIENTS).size();
    }
    assertTrue(taken > 0);
  }

  private static Set<String> certified(SettingValues values) {
    return values.value(GrantSettings.RECIPIENT_CERTIFICATES).stream()
        .map(RecipientCertificate::recipient)
        .collect(Collectors.toSet());
  }

  @Test
  @DisplayName("a lower layer can make a reader 住民用 and nothing else")
  void readers() {
    RandomPolicies random = new RandomPolicies(71);
    for (int i = 0; i < ROUNDS; i++) {
      PolicyLayer common = random.common();
      Policy upper = PolicyLayers.combine(common, List.of());
      Policy all = PolicyLayers.combine(common, lower(random));
      for (String reader : List.of("SONY FeliCa", "Staff 12", "Staff 2", "other")) {
        ReaderRole before = upper.readers().ruleFor(reader).value().role();
        ReaderRole after = all.readers().ruleFor(reader).value().role();
        assertTrue(after == before || after == ReaderRole.RESIDENT, reader);
      }
    }
  }

  @Test
  @DisplayName("what is not known is decided no wider than anything it could be")
  void unknown() {
    RandomPolicies random = new RandomPolicies(72);
    for (int i = 0; i < ROUNDS; i++) {
      PolicyEvaluator by = PolicyEvaluator.by(PolicyLayers.combine(random.common(), List.of()));
      for (int k = 0; k < 10; k++) {
        LoginAttempt login = random.attempt();
        Effect known = by.login(login).effect();
        LoginAttempt noClock =
            new LoginAttempt(
                login.factors(), login.card(), login.sameAddress(), null, login.offline());
        assertTrue(by.login(noClock).effect().isAtMost(known), login.toString());
        ClipboardCopy copy = random.copy();
        Effect copied = by.clipboard(copy).effect();
        for (ClipboardCopy less :
            List.of(
                new ClipboardCopy(
                    "", copy.to(), copy.formats(), copy.size(), copy.scanned(), copy.number()),
                new ClipboardCopy(
                    copy.from(), copy.to(), List.of(), copy.size(), copy.scanned(), copy.number()),
                new ClipboardCopy(
                    copy.from(), copy.to(), copy.formats(), copy.size(), false, null))) {
          assertTrue(by.clipboard(less).effect().isAtMost(copied), copy.toString());
        }
      }
      UsbDevice whole = RandomPolicies.device("030101");
      byte[] cut = java.util.Arrays.copyOf(whole.descriptors(), 17 + i % 8);
      UsbDevice broken = new UsbDevice("1-1", cut, null, null, null);
      assertEquals(Effect.BLOCK, by.usb(broken, UsbSurroundings.PLAIN, null).effect());
      assertEquals(Effect.BLOCK, by.media(null).effect());
      assertEquals(Effect.BLOCK, by.network(null).effect());
    }
  }
}
