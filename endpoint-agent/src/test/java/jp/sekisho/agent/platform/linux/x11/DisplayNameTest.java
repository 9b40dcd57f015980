package jp.sekisho.agent.platform.linux.x11;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DisplayNameTest {
  @Test
  void localDisplays() {
    assertEquals(
        Optional.of(new DisplayName(1, Path.of("/run/user/1/auth"))),
        DisplayName.parse(":1.0", "/run/user/1/auth", "/home/clerk"));
    assertEquals(
        Optional.of(new DisplayName(12, Path.of("/home/clerk/.Xauthority"))),
        DisplayName.parse("unix:12", null, "/home/clerk"));
    assertEquals(Optional.of(new DisplayName(0, null)), DisplayName.parse(":0", "", null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:10.0", "192.0.2.1:0", "", ":", ":x", "/tmp/launch/x:0"})
  void displaysOfOthers(String display) {
    assertEquals(Optional.empty(), DisplayName.parse(display, null, null));
  }

  private static void entry(ByteBuffer file, int family, String number, String name, byte... data) {
    file.putShort((short) family)
        .putShort((short) 4)
        .put("host".getBytes(StandardCharsets.US_ASCII));
    for (String each : new String[] {number, name}) {
      file.putShort((short) each.length()).put(each.getBytes(StandardCharsets.US_ASCII));
    }
    file.putShort((short) data.length).put(data);
  }

  @Test
  void cookieOfThisDisplayIsTaken() {
    ByteBuffer file = ByteBuffer.allocate(512);
    entry(file, 0, "1", "MIT-MAGIC-COOKIE-1", (byte) 1);
    entry(file, 256, "2", "MIT-MAGIC-COOKIE-1", (byte) 2);
    entry(file, 256, "1", "XDM-AUTHORIZATION-1", (byte) 3);
    entry(file, 256, "1", "MIT-MAGIC-COOKIE-1", (byte) 4);
    file.flip();
    assertArrayEquals(new byte[] {4}, DisplayName.cookie(file.duplicate(), "1"));
    assertArrayEquals(new byte[0], DisplayName.cookie(file.duplicate(), "3"));
    file.limit(file.limit() - 1);
    assertArrayEquals(new byte[0], DisplayName.cookie(file, "1"), "torn");
  }
}
