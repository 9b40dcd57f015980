package jp.sekisho.audit.names;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Bytes from anywhere as a table of names, sealed and opened. */
class NamesFuzzTest {
  @FuzzTest
  void table(byte[] bytes) {
    NameTable.parse(bytes)
        .ifPresent(read -> {
          byte[] written = read.toBytes();
          assertArrayEquals(written, NameTable.parse(written).orElseThrow().toBytes());
        });
  }

  /** Nobody without the code makes a table that opens. */
  @FuzzTest
  void sealed(byte[] bytes) {
    try (SealCode code = SealCode.parse("0".repeat(26)).orElseThrow()) {
      assertTrue(SealedNames.open(bytes, code, "checkpoint").isEmpty());
    }
  }
}
