package jp.sekisho.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import jp.sekisho.protocol.MalformedException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HeardTest {
  private static final String FILE =
      "{\"checkpoint\":\"log/mayor/1\",\"helpLine\":\"内線 1234\","
          + "\"origins\":[\"https://auth.city.example\"],\"state\":\"active\",\"v\":1}";

  private static Heard parse(String text) throws MalformedException {
    return Heard.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  @DisplayName("heard.json has one form")
  void form() throws Exception {
    Heard heard =
        new Heard(Heard.ACTIVE, List.of("https://auth.city.example"), "log/mayor/1", "内線 1234");
    assertEquals(FILE, new String(heard.bytes(), StandardCharsets.UTF_8));
    assertEquals(heard, parse(FILE));
  }

  @Test
  @DisplayName("another version, none, or a missing part is refused")
  void refuses() {
    for (String bad :
        List.of(
            FILE.replace("\"v\":1", "\"v\":2"),
            FILE.replace(",\"v\":1", ""),
            FILE.replace(",\"state\":\"active\"", ""),
            FILE + " ")) {
      assertThrows(MalformedException.class, () -> parse(bad), bad);
    }
  }
}
