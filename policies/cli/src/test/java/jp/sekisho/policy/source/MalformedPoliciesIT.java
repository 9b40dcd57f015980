package jp.sekisho.policy.source;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The long run of {@link MalformedPoliciesTest}; {@code ./dev torture} runs it. */
@Tag("torture")
class MalformedPoliciesIT {

  @Test
  @DisplayName(
      "10,000 broken policies: place and words in both languages, no trace, nothing in part")
  void many(@TempDir Path folder) throws IOException {
    int refused = new MalformedPolicies(10_000).check(10_000, folder);
    assertTrue(refused > 5_000, "only " + refused + " were refused");
  }
}
