package jp.sekisho.policy.trust;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;

/** Signed files from anywhere; replays its corpus without {@code JAZZER_FUZZ=1}. */
class TrustFuzzTest {

  @FuzzTest
  void bundle(byte[] bytes) {
    try {
      assertArrayEquals(bytes, TrustBundle.parse(bytes).bytes());
    } catch (MalformedException e) {
      // The only other outcome allowed.
    }
  }

  @FuzzTest
  void header(byte[] bytes) {
    for (TrustKind kind : TrustKind.values()) {
      try {
        assertArrayEquals(bytes, TrustHeader.parse(kind, bytes).bytes());
      } catch (MalformedException e) {
        // The only other outcome allowed.
      }
    }
  }

  @FuzzTest
  void body(byte[] bytes) {
    try {
      assertArrayEquals(bytes, Root.parse(bytes).bytes());
    } catch (MalformedException e) {
      // Perhaps another kind.
    }
    try {
      assertArrayEquals(bytes, Roster.parse(bytes).bytes());
    } catch (MalformedException e) {
      // Perhaps another kind.
    }
    try {
      assertArrayEquals(bytes, Current.parse(bytes).bytes());
    } catch (MalformedException e) {
      // The only other outcome allowed.
    }
    try {
      assertArrayEquals(bytes, ServiceKeys.parse(bytes).bytes());
    } catch (MalformedException e) {
      // The only other outcome allowed.
    }
  }
}
