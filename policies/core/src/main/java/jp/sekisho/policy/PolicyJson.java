package jp.sekisho.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.policy.login.CardKind;
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
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.CanonicalJson;
import org.jspecify.annotations.Nullable;

/** The compiled form of a policy: strict reading and the one way of writing. */
final class PolicyJson {
  private static final String FORMAT = "sekisho/policy/v1";

  private PolicyJson() {}

  /** Turns a value of the JSON into that of a rule. */
  private interface Reading<T> {
    T read(Object json) throws MalformedException;
  }

  static byte[] write(Policy policy) {
    LoginRules login = policy.login();
    ReaderRules readers = policy.readers();
    return CanonicalJson.write(
        Map.of(
            "format", FORMAT,
            "segment", rule(policy.segment(), word(policy.segment().value())),
            "login",
                Map.of(
                    "session-absolute", seconds(login.sessionAbsolute()),
                    "session-idle", seconds(login.sessionIdle()),
                    "terminal-lock", seconds(login.terminalLock()),
                    "lock-to-end", seconds(login.lockToEnd()),
                    "address-match", rule(login.addressMatch(), word(login.addressMatch().value())),
                    "card-kinds",
                        rule(
                            login.cardKinds(),
                            login.cardKinds().value().stream().map(PolicyJson::word).toList())),
            "readers",
                Map.of(
                    "jpki-staff-login",
                        rule(readers.jpkiStaffLogin(), word(readers.jpkiStaffLogin().value())),
                    "roles",
                        readers.roles().stream()
                            .map(role ->
                                rule(
                                    role,
                                    Map.of(
                                        "name", role.value().name(),
                                        "role", word(role.value().role()))))
                            .toList()),
            "usb", usb(policy.usb()),
            "grants", grants(policy.grants())),
        Policy.MAX_BYTES);
  }

  private static Map<String, Object> usb(UsbRules usb) {
    return Map.of(
        "storage", rule(usb.storage(), word(usb.storage().value())),
        "unlisted", rule(usb.unlisted(), word(usb.unlisted().value())),
        "enrolled",
            rule(
                usb.enrolled(),
                usb.enrolled().value().stream().map(PolicyJson::peripheral).toList()));
  }

  private static Map<String, Object> peripheral(EnrolledPeripheral peripheral) {
    Map<String, Object> members = new TreeMap<>();
    members.put("vendor", peripheral.vendor());
    members.put("product", peripheral.product());
    members.put("interfaces", peripheral.interfaces());
    if (peripheral.serial() != null) {
      members.put("serial", peripheral.serial());
    }
    return members;
  }

  private static Map<String, Object> grants(GrantRules grants) {
    return Map.of(
        "longest-use", seconds(grants.longestUse()),
        "longest-span", seconds(grants.longestSpan()),
        "approvers",
            rule(
                grants.approvers(),
                grants.approvers().value().stream()
                    .map(one ->
                        Map.of("person", one.person(), "organ", one.organ(), "spki", one.spki()))
                    .toList()));
  }

  private static Map<String, Object> seconds(Rule<Duration> rule) {
    return rule(rule, rule.value().toSeconds());
  }

  private static Map<String, Object> rule(Rule<?> rule, Object value) {
    Map<String, Object> reason = Map.of("ja", rule.reason().ja(), "en", rule.reason().en());
    return Map.of("id", rule.id(), "reason", reason, "value", value);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Policy read(byte[] bytes) throws MalformedException {
    Members policy = Members.of(CanonicalJson.read(bytes, Policy.MAX_BYTES), "policy");
    if (!policy.take("format").equals(FORMAT)) {
      throw new MalformedException("format is not " + FORMAT);
    }
    Policy read;
    try {
      read =
          new Policy(
              rule(policy.take("segment"), json -> word(Segment.class, json)),
              login(Members.of(policy.take("login"), "login")),
              readers(Members.of(policy.take("readers"), "readers")),
              usb(Members.of(policy.take("usb"), "usb")),
              grants(Members.of(policy.take("grants"), "grants")));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage() == null ? "value" : e.getMessage());
    }
    policy.end();
    if (!Arrays.equals(write(read), bytes)) {
      throw new MalformedException("policy is not in its one form");
    }
    return read;
  }

  private static LoginRules login(Members login) throws MalformedException {
    LoginRules rules =
        new LoginRules(
            rule(login.take("session-absolute"), PolicyJson::duration),
            rule(login.take("session-idle"), PolicyJson::duration),
            rule(login.take("terminal-lock"), PolicyJson::duration),
            rule(login.take("lock-to-end"), PolicyJson::duration),
            rule(login.take("address-match"), json -> word(AddressMatch.class, json)),
            rule(login.take("card-kinds"), json -> list(json, item -> word(CardKind.class, item))));
    login.end();
    return rules;
  }

  private static ReaderRules readers(Members readers) throws MalformedException {
    ReaderRules rules =
        new ReaderRules(
            rule(readers.take("jpki-staff-login"), json -> word(JpkiStaffLogin.class, json)),
            list(readers.take("roles"), item -> rule(item, PolicyJson::assignment)));
    readers.end();
    return rules;
  }

  private static ReaderAssignment assignment(Object json) throws MalformedException {
    Members assignment = Members.of(json, "role");
    ReaderAssignment read =
        new ReaderAssignment(
            text(assignment.take("name")), word(ReaderRole.class, assignment.take("role")));
    assignment.end();
    return read;
  }

  private static UsbRules usb(Members usb) throws MalformedException {
    UsbRules rules =
        new UsbRules(
            rule(usb.take("storage"), json -> word(StorageAccess.class, json)),
            rule(usb.take("unlisted"), json -> word(UnlistedDevices.class, json)),
            rule(usb.take("enrolled"), json -> list(json, PolicyJson::peripheral)));
    usb.end();
    return rules;
  }

  private static EnrolledPeripheral peripheral(Object json) throws MalformedException {
    Members peripheral = Members.of(json, "peripheral");
    Object serial = peripheral.takeOptional("serial");
    EnrolledPeripheral read =
        new EnrolledPeripheral(
            text(peripheral.take("vendor")),
            text(peripheral.take("product")),
            serial == null ? null : text(serial),
            list(peripheral.take("interfaces"), PolicyJson::text));
    peripheral.end();
    return read;
  }

  private static GrantRules grants(Members grants) throws MalformedException {
    GrantRules rules =
        new GrantRules(
            rule(grants.take("longest-use"), PolicyJson::duration),
            rule(grants.take("longest-span"), PolicyJson::duration),
            rule(grants.take("approvers"), json -> list(json, PolicyJson::approver)));
    grants.end();
    return rules;
  }

  private static Approver approver(Object json) throws MalformedException {
    Members approver = Members.of(json, "approver");
    Approver read =
        new Approver(
            text(approver.take("person")),
            text(approver.take("organ")),
            text(approver.take("spki")));
    approver.end();
    return read;
  }

  private static <T> Rule<T> rule(Object json, Reading<T> reading) throws MalformedException {
    Members rule = Members.of(json, "rule");
    Members reason = Members.of(rule.take("reason"), "reason");
    Rule<T> read =
        new Rule<>(
            text(rule.take("id")),
            new Reason(text(reason.take("ja")), text(reason.take("en"))),
            reading.read(rule.take("value")));
    reason.end();
    rule.end();
    return read;
  }

  private static Duration duration(Object json) throws MalformedException {
    if (json instanceof Long seconds) {
      return Duration.ofSeconds(seconds);
    }
    throw new MalformedException("a duration is not whole seconds");
  }

  private static String text(Object json) throws MalformedException {
    if (json instanceof String text) {
      return text;
    }
    throw new MalformedException("not text");
  }

  private static <E extends Enum<E>> E word(Class<E> type, Object json) throws MalformedException {
    for (E constant : type.getEnumConstants()) {
      if (word(constant).equals(json)) {
        return constant;
      }
    }
    throw new MalformedException("no " + type.getSimpleName());
  }

  private static <T> List<T> list(Object json, Reading<T> reading) throws MalformedException {
    if (!(json instanceof List<?> items)) {
      throw new MalformedException("not a list");
    }
    List<T> list = new ArrayList<>();
    for (Object item : items) {
      list.add(reading.read(item));
    }
    return list;
  }

  /** The members of one object, each taken once; what is left over is unknown. */
  private record Members(Map<String, Object> left, String name) {
    static Members of(Object json, String name) throws MalformedException {
      if (!(json instanceof Map<?, ?> map)) {
        throw new MalformedException(name + " is not an object");
      }
      Map<String, Object> left = new TreeMap<>();
      map.forEach((key, value) -> left.put((String) key, value));
      return new Members(left, name);
    }

    @Nullable Object takeOptional(String member) {
      return left.remove(member);
    }

    Object take(String member) throws MalformedException {
      Object value = left.remove(member);
      if (value == null) {
        throw new MalformedException(name + " without " + member);
      }
      return value;
    }

    void end() throws MalformedException {
      if (!left.isEmpty()) {
        throw new MalformedException(name + " has an unknown member");
      }
    }
  }
}
