package jp.sekisho.audit.cli;

import java.util.ArrayList;
import java.util.List;
import jp.sekisho.audit.StrictBase64;
import jp.sekisho.audit.copy.Deletion;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Seen;
import jp.sekisho.audit.copy.Verification.Stamp;
import jp.sekisho.audit.copy.Verification.Verified;

/**
 * An outcome in words.
 *
 * @param continued whether an older checkpoint was compared
 */
record TextReport(Messages messages, boolean continued) {
  List<String> lines(Verification outcome) {
    return outcome.fold(this::verified, this::invalid);
  }

  private List<String> verified(Verified verified) {
    List<String> lines = new ArrayList<>();
    lines.add(messages.get(headline(verified)));
    lines.add(messages.get("audit.verified.origin", verified.origin()));
    lines.add(messages.get("audit.verified.size", Long.toString(verified.size())));
    lines.add(messages.get("audit.verified.root", StrictBase64.encode(verified.root().bytes())));
    verified
        .witnessedBy()
        .forEach(witness ->
            lines.add(messages.get("audit.verified.witness", witness.name(), witness.at())));
    if (verified.witnessedBy().isEmpty()) {
      lines.add(messages.get("audit.verified.unwitnessed"));
    }
    if (continued) {
      lines.add(messages.get("audit.verified.continued"));
    }
    if (verified.deletedBelow() > 0) {
      lines.add(messages.get("audit.verified.deleted", Long.toString(verified.deletedBelow())));
    }
    Deletion deletion = verified.deletion();
    if (deletion != null) {
      lines.add(
          messages.get(
              "audit.verified.deletion",
              deletion.origin(),
              Long.toString(deletion.entry().index()),
              deletion.entry().time(),
              deletion.entry().before(),
              Long.toString(deletion.entry().years())));
    }
    Seen age = verified.age();
    if (age != null) {
      lines.add(messages.get("audit.verified.age", age.by(), age.at(), Long.toString(age.size())));
    } else if (deletion != null) {
      lines.add(messages.get("audit.verified.age.none"));
    }
    Stamp stamp = verified.stamp();
    if (stamp != null) {
      lines.add(messages.get("audit.verified.stamp", Long.toString(stamp.size()), stamp.at()));
    }
    lines.add(messages.get("audit.verified.action"));
    return lines;
  }

  private static String headline(Verified verified) {
    if (verified.deletedBelow() == 0) {
      return "audit.verified";
    }
    return verified.age() == null ? "audit.verified.rest.own" : "audit.verified.rest";
  }

  private List<String> invalid(Invalid invalid) {
    String key = "audit.invalid." + invalid.reason();
    List<String> lines = new ArrayList<>();
    lines.add(messages.get("audit.invalid", invalid.reason()));
    lines.add(messages.get(key));
    invalid
        .entryIndex()
        .ifPresent(index ->
            lines.add(
                index < invalid.first()
                    ? messages.get("audit.invalid.entry.gone", Long.toString(index))
                    : messages.get(
                        "audit.invalid.entry",
                        Long.toString(index),
                        Long.toString(index + 1),
                        Long.toString(index + 1 - invalid.first()))));
    lines.add(messages.get(key + ".action"));
    lines.add(messages.get("audit.invalid.detail", invalid.detail()));
    return lines;
  }
}
