package jp.sekisho.policy.source;

import java.time.Duration;
import java.util.List;
import jp.sekisho.policy.calendar.Counter;
import jp.sekisho.policy.calendar.Election;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.RecipientCertificate;
import jp.sekisho.policy.reader.ReaderAssignment;
import jp.sekisho.policy.setting.Shapes;
import jp.sekisho.policy.usb.EnrolledPeripheral;

/** A rule's value as the source writes it, in one line. */
final class ValueWords {
  private ValueWords() {}

  static String of(Object value) {
    if (value instanceof Duration duration) {
      return duration(duration);
    }
    if (value instanceof Enum<?> word) {
      return Shapes.text(word);
    }
    if (value instanceof List<?> list) {
      return "[" + String.join("; ", list.stream().map(ValueWords::of).toList()) + "]";
    }
    if (value instanceof ReaderAssignment reader) {
      return reader.name() + " → " + of(reader.role());
    }
    if (value instanceof EnrolledPeripheral device) {
      String serial = device.serial() == null ? "*" : device.serial();
      String id = device.vendor() + ":" + device.product();
      return id + " " + serial + " " + String.join(",", device.interfaces());
    }
    if (value instanceof Approver approver) {
      return approver.person() + " (" + approver.organ() + ") " + approver.spki();
    }
    if (value instanceof RecipientCertificate one) {
      return one.recipient() + " " + one.fingerprint();
    }
    if (value instanceof Counter counter) {
      return counter.name() + " " + of(counter.days()) + " " + counter.hours();
    }
    if (value instanceof Election election) {
      return election.name() + " " + election.from() + "–" + election.to();
    }
    return value.toString();
  }

  private static String duration(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds == 0) {
      return "0m";
    }
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
