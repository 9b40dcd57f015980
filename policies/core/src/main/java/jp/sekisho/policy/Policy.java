package jp.sekisho.policy;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.policy.login.LoginRules;
import jp.sekisho.policy.reader.ReaderRules;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.usb.UsbRules;
import jp.sekisho.protocol.MalformedException;

/**
 * A compiled policy: every rule with its id, its reason and a value within its bounds.
 *
 * <p>Its bytes are canonical JSON ({@link jp.sekisho.protocol.event.CanonicalJson}) of at most
 * {@value #MAX_BYTES} bytes, durations in seconds; one policy has one byte sequence.
 *
 * @param segment the segment its terminals stand in
 * @param login logins and sessions
 * @param readers card readers
 * @param usb USB devices
 * @param grants exceptions
 */
public record Policy(
    Rule<Segment> segment, LoginRules login, ReaderRules readers, UsbRules usb, GrantRules grants) {
  /** Largest compiled policy. */
  public static final int MAX_BYTES = 1 << 20;

  /** Checks that no two rules share an id. */
  public Policy {
    Set<String> ids = new HashSet<>();
    rules(segment, login, readers, usb, grants)
        .forEach(rule -> {
          if (!ids.add(rule.id())) {
            throw new IllegalArgumentException("two rules have one id");
          }
        });
  }

  /** Every rule, in the order of the sections. */
  public Stream<Rule<?>> rules() {
    return rules(segment, login, readers, usb, grants);
  }

  private static Stream<Rule<?>> rules(
      Rule<Segment> segment,
      LoginRules login,
      ReaderRules readers,
      UsbRules usb,
      GrantRules grants) {
    Stream<Rule<?>> single =
        Stream.of(
            segment,
            login.sessionAbsolute(),
            login.sessionIdle(),
            login.terminalLock(),
            login.lockToEnd(),
            login.addressMatch(),
            login.cardKinds(),
            readers.jpkiStaffLogin(),
            usb.storage(),
            usb.unlisted(),
            usb.enrolled(),
            grants.longestUse(),
            grants.longestSpan(),
            grants.approvers());
    return Stream.concat(single, readers.roles().stream());
  }

  /** The compiled bytes. */
  public byte[] bytes() {
    return PolicyJson.write(this);
  }

  /**
   * The policy whose compiled bytes are exactly {@code bytes}; anything unknown, missing or out of
   * bounds is malformed.
   */
  public static Policy parse(byte[] bytes) throws MalformedException {
    return PolicyJson.read(bytes);
  }
}
