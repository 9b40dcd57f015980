package jp.sekisho.audit.note;

import java.nio.charset.StandardCharsets;

/** The bytes under a cosignature/v1 (tlog-cosignature, "Format"). */
final class Cosignature {
  private Cosignature() {}

  static byte[] message(long seconds, String text) {
    return ("cosignature/v1\ntime " + seconds + "\n" + text).getBytes(StandardCharsets.UTF_8);
  }
}
