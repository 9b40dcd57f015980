package jp.sekisho.policy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import jp.sekisho.policy.number.Finding;
import jp.sekisho.policy.number.NumberDetector;
import jp.sekisho.protocol.MalformedException;

/** Policies and texts from anywhere; replays its corpus without {@code JAZZER_FUZZ=1}. */
class PolicyFuzzTest {

  @FuzzTest
  void policy(byte[] bytes) {
    try {
      assertArrayEquals(bytes, Policy.parse(bytes).bytes());
    } catch (MalformedException e) {
      // The only other outcome allowed.
    }
  }

  @FuzzTest
  void detector(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = 0;
    for (Finding finding : NumberDetector.scan(text).individual()) {
      if (finding.start() < end || finding.end() > text.length()) {
        throw new AssertionError("findings overlap or leave the text");
      }
      end = finding.end();
    }
  }
}
