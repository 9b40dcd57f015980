package jp.sekisho.agent.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.DeviceRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AcknowledgedTest {
  private static final String FILE =
      "{\"checkpoint\":\"log/mayor/1\",\"head\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
          + "\"segments\":{\"1\":1795223123456},\"seq\":7,\"terminal\":\"T-0042\",\"v\":1}";

  private static Acknowledged parse(String text) throws MalformedException {
    return Acknowledged.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  @DisplayName("ack.json has one form")
  void form() throws Exception {
    Acknowledged ack =
        new Acknowledged(
            "T-0042",
            7,
            DeviceRecord.GENESIS,
            "log/mayor/1",
            Map.of(1L, Instant.ofEpochMilli(1_795_223_123_456L)));
    assertEquals(FILE, new String(ack.bytes(), StandardCharsets.UTF_8));
    assertEquals(ack, parse(FILE));
  }

  @Test
  @DisplayName("another version, none, or a segment without a number is refused")
  void refuses() {
    for (String bad :
        List.of(
            FILE.replace("\"v\":1", "\"v\":2"),
            FILE.replace(",\"v\":1", ""),
            FILE.replace("{\"1\":", "{\"one\":"),
            FILE.replace("\"seq\":7", "\"seq\":\"7\""))) {
      assertThrows(MalformedException.class, () -> parse(bad), bad);
    }
  }
}
