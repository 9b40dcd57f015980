package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import jp.sekisho.protocol.Base64Url;
import org.junit.jupiter.api.Test;

class BootIdTest {
  @Test
  void thisBootIsSixteenBytesAndStaysTheSame() throws Exception {
    assertEquals(16, Base64Url.decode(BootId.current()).length);
    assertEquals(BootId.current(), BootId.current());
  }

  @Test
  void anotherBootIsAnotherId() throws Exception {
    assertNotEquals(
        BootId.of("a3f3e8e2-6f5d-4a0b-9a53-2c1f6b7d8e90\n"),
        BootId.of("a3f3e8e2-6f5d-4a0b-9a53-2c1f6b7d8e91\n"));
  }

  @Test
  void whatIsNoUuidIsRefused() {
    for (String text : new String[] {"", "\n", "boot", "1-1-1-1-1"}) {
      assertThrows(IOException.class, () -> BootId.of(text));
    }
  }
}
