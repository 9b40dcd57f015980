package jp.sekisho.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.policy.login.LoginRules;
import jp.sekisho.policy.reader.JpkiStaffLogin;
import jp.sekisho.policy.reader.ReaderAssignment;
import jp.sekisho.policy.reader.ReaderRole;
import jp.sekisho.policy.reader.ReaderRules;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.usb.EnrolledPeripheral;
import jp.sekisho.policy.usb.StorageAccess;
import jp.sekisho.policy.usb.UnlistedDevices;
import jp.sekisho.policy.usb.UsbRules;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.MalformedException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {
  private static final byte[] TEXT = fixture();
  private static final ObjectMapper TREE =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private static byte[] fixture() {
    try (InputStream in = PolicyTest.class.getResourceAsStream("policy.json")) {
      return Objects.requireNonNull(in).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> Rule<T> rule(String id, T value) {
    return new Rule<>(id, new Reason("理由：" + id, "because of " + id), value);
  }

  private static Policy policy() {
    return new Policy(
        rule("segment.my-number", Segment.MY_NUMBER),
        new LoginRules(
            rule("login.session-absolute", Duration.ofHours(12)),
            rule("login.session-idle", Duration.ofMinutes(15)),
            rule("login.terminal-lock", Duration.ofMinutes(5)),
            rule("login.lock-to-end", Duration.ofMinutes(30)),
            rule("login.address-match", AddressMatch.REQUIRE),
            rule("login.card-kinds", List.of(CardKind.STAFF_PIV))),
        new ReaderRules(
            rule("readers.jpki-staff-login", JpkiStaffLogin.OFF),
            List.of(
                rule("readers.counter", new ReaderAssignment("SONY FeliCa *", ReaderRole.RESIDENT)),
                rule("readers.desk", new ReaderAssignment("*Staff Reader*", ReaderRole.STAFF)),
                rule("readers.other", new ReaderAssignment("*", ReaderRole.RESIDENT)))),
        new UsbRules(
            rule("usb.storage", StorageAccess.GRANT_ONLY),
            rule("usb.unlisted", UnlistedDevices.BLOCK),
            rule(
                "usb.enrolled",
                List.of(
                    new EnrolledPeripheral("04c5", "132e", null, List.of("ff:ff:ff")),
                    new EnrolledPeripheral(
                        "04b8", "0202", "X4TD012345", List.of("07:01:02", "07:01:01"))))),
        new GrantRules(
            rule("grants.longest-use", Duration.ofMinutes(30)),
            rule("grants.longest-span", Duration.ofDays(7)),
            rule(
                "grants.approvers",
                List.of(
                    new Approver("S-2001", "mayor", "A".repeat(43)),
                    new Approver("S-2001", "education", "A".repeat(43)),
                    new Approver("S-2002", "mayor", "B".repeat(42) + "A")))));
  }

  @Test
  @DisplayName("a policy has exactly the documented bytes and reads as the same policy")
  void bytes() throws MalformedException {
    assertArrayEquals(TEXT, policy().bytes());
    assertEquals(policy(), Policy.parse(TEXT));
    assertEquals(10 + 1 + 6, policy().rules().count());
  }

  @Test
  @DisplayName("without any one of its members a policy is refused")
  void required() throws IOException {
    List<String> pointers = new ArrayList<>();
    members(TREE.readTree(TEXT), "", pointers);
    assertTrue(pointers.size() > 50);
    pointers.remove("/usb/enrolled/value/1/serial");
    for (String pointer : pointers) {
      ObjectNode policy = (ObjectNode) TREE.readTree(TEXT);
      ObjectNode parent = (ObjectNode) policy.at(pointer.substring(0, pointer.lastIndexOf('/')));
      parent.remove(pointer.substring(pointer.lastIndexOf('/') + 1));
      refused(policy, pointer);
    }
  }

  @Test
  @DisplayName("an unknown member anywhere is refused: a terminal obeys all of it or nothing")
  void unknown() throws IOException {
    List<String> pointers = new ArrayList<>();
    members(TREE.readTree(TEXT), "", pointers);
    for (String pointer : pointers) {
      ObjectNode policy = (ObjectNode) TREE.readTree(TEXT);
      ObjectNode parent = (ObjectNode) policy.at(pointer.substring(0, pointer.lastIndexOf('/')));
      parent.put("unknown", 1);
      refused(policy, pointer);
    }
  }

  private static void members(JsonNode node, String pointer, List<String> pointers) {
    node.fieldNames()
        .forEachRemaining(name -> {
          pointers.add(pointer + "/" + name);
          members(node.path(name), pointer + "/" + name, pointers);
        });
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      members(node.path(i), pointer + "/" + i, pointers);
    }
  }

  @Test
  @DisplayName("one approver key belongs to one person, who may serve several organs")
  void approvers() {
    GrantRules grants = policy().grants();
    assertEquals("S-2001", grants.approver("education", "A".repeat(43)).orElseThrow().person());
    assertTrue(grants.approver("education", "B".repeat(42) + "A").isEmpty());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new GrantRules(
                grants.longestUse(),
                grants.longestSpan(),
                rule(
                    "grants.approvers",
                    List.of(
                        new Approver("S-2001", "mayor", "A".repeat(43)),
                        new Approver("S-2002", "education", "A".repeat(43))))));
  }

  private static void refused(JsonNode policy, String what) throws IOException {
    byte[] bytes = TREE.writeValueAsBytes(TREE.treeToValue(policy, Object.class));
    assertThrows(MalformedException.class, () -> Policy.parse(bytes), what);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"value\":43200', '\"value\":43201'",
    "'\"value\":43200', '\"value\":59'",
    "'\"value\":43200', '\"value\":-1'",
    "'\"value\":43200', '\"value\":\"12h\"'",
    "'\"value\":900', '\"value\":901'",
    "'\"value\":300', '\"value\":901'",
    "'\"value\":300', '\"value\":0'",
    "'\"value\":1800', '\"value\":43260'",
    "'\"value\":\"require\"', '\"value\":\"REQUIRE\"'",
    "'\"value\":\"require\"', '\"value\":\"ignore\"'",
    "'[\"staff-piv\"]', '[]'",
    "'[\"staff-piv\"]', '\"staff-piv\"'",
    "'[\"staff-piv\"]', '[\"staff-piv\",\"staff-piv\"]'",
    "'[\"staff-piv\"]', '[\"felica\"]'",
    "'[\"staff-piv\"]', '[\"jpki\"]'",
    "'\"value\":\"off\"', '\"value\":\"maybe\"'",
    "'\"value\":\"my-number\"', '\"value\":\"internet\"'",
    "'\"role\":\"staff\"', '\"role\":\"everyone\"'",
    "'\"name\":\"*\"', '\"name\":\"*x\"'",
    "'*Staff Reader*', '*'",
    "'*Staff Reader*', ''",
    "'readers.desk\",', 'readers.counter\",'",
    "'readers.desk\",', 'Readers.desk\",'",
    "'grant-only', 'allow'",
    "'\"value\":\"block\"', '\"value\":\"allow\"'",
    "'\"vendor\":\"04c5\"', '\"vendor\":\"04C5\"'",
    "'\"product\":\"132e\"', '\"product\":\"132\"'",
    "'X4TD012345', ''",
    "'X4TD012345', 'é'",
    "'ff:ff:ff', '08:06:50'",
    "'ff:ff:ff', '06:01:01'",
    "'ff:ff:ff', 'ff'",
    "'[\"ff:ff:ff\"]', '[]'",
    "'07:01:01', '07:01:02'",
    "'\"value\":604800', '\"value\":604801'",
    "'\"value\":604800', '\"value\":0'",
    "'\"value\":604800', '\"value\":31708800'",
    "'\"id\":\"grants.longest-use\",', '\"id\":\"grants.longest-span\",'",
    "'\"person\":\"S-2002\"', '\"person\":\"123456789012\"'",
    "'BBA\"}', 'BBB\"}'",
    "'\"organ\":\"education\"', '\"organ\":\"mayor\"'",
    "'policy/v1', 'policy/v2'",
    "'because of login.session-idle', ' '"
  })
  @DisplayName("a value outside its bounds is refused")
  void bounds(String part, String instead) {
    String text = new String(TEXT, UTF_8);
    String changed = text.replace(part, instead);
    assertNotEquals(text, changed);
    assertThrows(MalformedException.class, () -> Policy.parse(changed.getBytes(UTF_8)), changed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "null", "{\"format\":\"sekisho/policy/v1\"}"})
  @DisplayName("what is no policy is refused")
  void noPolicy(String text) {
    assertThrows(MalformedException.class, () -> Policy.parse(text.getBytes(UTF_8)));
  }

  @Test
  @DisplayName("over 1 MiB is refused, over 16 KiB is not")
  void size() throws MalformedException {
    List<Rule<ReaderAssignment>> roles = new ArrayList<>();
    for (int i = 0; i < 99; i++) {
      String pattern = "Reader " + i + "x".repeat(100);
      roles.add(rule("readers.r" + i, new ReaderAssignment(pattern, ReaderRole.STAFF)));
    }
    roles.add(rule("readers.other", new ReaderAssignment("*", ReaderRole.RESIDENT)));
    Policy large =
        new Policy(
            policy().segment(),
            policy().login(),
            new ReaderRules(policy().readers().jpkiStaffLogin(), roles),
            policy().usb(),
            policy().grants());
    assertTrue(large.bytes().length > 16 * 1024);
    assertEquals(large, Policy.parse(large.bytes()));
    byte[] tooLarge = new byte[Policy.MAX_BYTES + 1];
    assertThrows(MalformedException.class, () -> Policy.parse(tooLarge));
  }

  @Test
  @DisplayName("JPKI counts only where it is on and every name is for staff")
  void cardKinds() {
    List<Rule<ReaderAssignment>> mixed = policy().readers().roles();
    List<Rule<ReaderAssignment>> staff =
        List.of(rule("readers.all", new ReaderAssignment("*", ReaderRole.STAFF)));
    List<Rule<ReaderAssignment>> shared =
        List.of(rule("readers.all", new ReaderAssignment("*", ReaderRole.SHARED)));
    assertEquals(
        Set.of(CardKind.STAFF_PIV, CardKind.JPKI, CardKind.PKCS11),
        kinds(JpkiStaffLogin.ON, staff));
    for (List<Rule<ReaderAssignment>> roles : List.of(mixed, shared)) {
      assertEquals(Set.of(CardKind.STAFF_PIV, CardKind.PKCS11), kinds(JpkiStaffLogin.ON, roles));
    }
    assertEquals(Set.of(CardKind.STAFF_PIV, CardKind.PKCS11), kinds(JpkiStaffLogin.OFF, staff));
    assertEquals(Set.of(CardKind.STAFF_PIV), policy().cardKinds());
  }

  private static Set<CardKind> kinds(JpkiStaffLogin jpki, List<Rule<ReaderAssignment>> roles) {
    LoginRules login = policy().login();
    return new Policy(
            policy().segment(),
            new LoginRules(
                login.sessionAbsolute(),
                login.sessionIdle(),
                login.terminalLock(),
                login.lockToEnd(),
                login.addressMatch(),
                rule("login.card-kinds", List.of(CardKind.values()))),
            new ReaderRules(rule("readers.jpki-staff-login", jpki), roles),
            policy().usb(),
            policy().grants())
        .cardKinds();
  }

  @Test
  @DisplayName("the first matching name gives a reader its role, and every reader has one")
  void readerRoles() {
    ReaderRules readers = policy().readers();
    assertEquals("readers.counter", readers.ruleFor("SONY FeliCa RC-S380 00 00").id());
    assertEquals("readers.desk", readers.ruleFor("ACME Staff Reader 01").id());
    assertEquals("readers.desk", readers.ruleFor("SONY Staff Reader SONY FeliCa").id());
    assertEquals("readers.other", readers.ruleFor("sony felica 0").id());
    assertEquals("readers.other", readers.ruleFor("").id());
  }

  @ParameterizedTest
  @CsvSource({
    "abc, abc, true",
    "abc, ab, false",
    "abc, abcd, false",
    "abc, ABC, false",
    "a*c, ac, true",
    "a*c, abcbc, true",
    "a*c, abcb, false",
    "*b*b*, abab, true",
    "*b*b*, aba, false",
    "a.c, abc, false",
    "**, x, true"
  })
  @DisplayName("a name matches whole; * stands for any characters, nothing else is special")
  void names(String name, String reader, boolean matches) {
    assertEquals(matches, new ReaderAssignment(name, ReaderRole.STAFF).matches(reader));
  }

  @Test
  @DisplayName("reasons are one visible line in both languages")
  void reasons() {
    for (String bad : List.of("", " ", "a\nb", "a\u202Eb", "か\u3099", "x".repeat(301))) {
      assertThrows(IllegalArgumentException.class, () -> new Reason(bad, "because"));
      assertThrows(IllegalArgumentException.class, () -> new Reason("理由", bad));
    }
    assertFalse(new Reason("理由", "because").ja().isEmpty());
  }

  @Test
  @DisplayName("fractions of a second cannot be set")
  void fractions() {
    LoginRules login = policy().login();
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new LoginRules(
                login.sessionAbsolute(),
                rule("x", Duration.ofMillis(60_500)),
                login.terminalLock(),
                login.lockToEnd(),
                login.addressMatch(),
                login.cardKinds()));
  }
}
