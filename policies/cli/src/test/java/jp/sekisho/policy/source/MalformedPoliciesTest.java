package jp.sekisho.policy.source;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MalformedPoliciesTest {

  @Test
  @DisplayName("60 broken policies: place and words in both languages, no trace, nothing in part")
  void few(@TempDir Path folder) throws IOException {
    int refused = new MalformedPolicies(1).check(60, folder);
    assertTrue(refused > 30, "only " + refused + " were refused");
  }
}
