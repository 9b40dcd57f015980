package jp.sekisho.agent.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.List;
import jp.sekisho.agent.heartbeat.Heartbeats;
import jp.sekisho.agent.spool.SpoolLimits;
import jp.sekisho.agent.sync.Backoff;
import jp.sekisho.agent.sync.ServiceClient;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentSettingsTest {
  @TempDir Path temp;

  private static AgentSettings settings() {
    byte[] ca = {1, 2, 3};
    return new AgentSettings(
        URI.create("https://auth.city.example:8444"),
        "T-0042",
        "mayor",
        Base64Url.encode(ca),
        Sha256.text(ca),
        null,
        List.of("Staff*=staff"),
        AgentSettings.DEFAULT_LOOPBACK_PORT,
        AgentSettings.FILE_KEY,
        true);
  }

  @Test
  @DisplayName("the defaults are these")
  void defaults() {
    assertEquals(Path.of("/var/lib/sekisho-agent"), StateDirectory.DEFAULT);
    assertEquals(47621, AgentSettings.DEFAULT_LOOPBACK_PORT);
    assertEquals(Duration.ofSeconds(10), ServiceClient.TIMEOUT);
    assertEquals(Duration.ofSeconds(30), Heartbeats.DEFAULT_INTERVAL);
    assertEquals(Duration.ofSeconds(5), Heartbeats.WAITING_INTERVAL);
    assertEquals(
        new SpoolLimits(64 << 20, 8 << 20, 256 << 10, 1 << 20, Duration.ofDays(7)),
        SpoolLimits.DEFAULT);
    assertEquals(new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5)), Backoff.DEFAULT);
  }

  @Test
  @DisplayName("agent.json has one form")
  void form() throws Exception {
    assertEquals(
        "{\"enforcement\":true,\"keyProtection\":\"file\",\"loopbackPort\":47621,"
            + "\"organ\":\"mayor\",\"readerRoles\":[\"Staff*=staff\"],"
            + "\"server\":\"https://auth.city.example:8444\",\"serverCa\":\"AQID\","
            + "\"serverCaHash\":\"A5BYxvLAy0ksUzsKTRTvd8wPeKvMztUofYShogEc-4E\","
            + "\"terminal\":\"T-0042\",\"v\":1}",
        new String(settings().bytes(), StandardCharsets.UTF_8));
    assertEquals(settings(), AgentSettings.parse(settings().bytes()));
  }

  @Test
  @DisplayName("a CA that is not the pinned one, another version or a bad value is refused")
  void refuses() {
    String good = new String(settings().bytes(), StandardCharsets.UTF_8);
    for (String bad :
        List.of(
            good.replace("AQID", "AQIE"),
            good.replace("\"v\":1", "\"v\":2"),
            good.replace("47621", "0"),
            good.replace("T-0042", "T_0042"),
            good.replace("https://", "http://"),
            good.replace("\"organ\":\"mayor\",", ""),
            good + " ")) {
      assertThrows(
          MalformedException.class,
          () -> AgentSettings.parse(bad.getBytes(StandardCharsets.UTF_8)),
          bad);
    }
  }

  @Test
  @DisplayName("the key on disk is the key that signs, and is never shown")
  void key() throws Exception {
    StateDirectory state = new StateDirectory(temp.resolve("state"));
    state.create();
    DeviceKey key = DeviceKey.generate();
    state.storeKey(key);
    DeviceKey read = state.key().orElseThrow();
    assertArrayEquals(key.spki(), read.spki());
    Signature verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(
        KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(key.spki())));
    verifier.update(new byte[] {7});
    assertEquals(true, verifier.verify(read.sign(new byte[] {7})));
    assertEquals("DeviceKey[" + key.fingerprint() + "]", key.toString());
  }

  @Test
  @DisplayName("a damaged or missing file stops the agent with a code")
  void damaged() throws Exception {
    StateDirectory state = new StateDirectory(temp.resolve("state"));
    assertEquals(
        StateException.Code.NOT_ENROLLED,
        assertThrows(StateException.class, state::settings).code());
    state.create();
    state.storeSettings(settings());
    Files.writeString(state.root().resolve("device.key"), "no key");
    assertEquals(
        StateException.Code.STATE_MALFORMED, assertThrows(StateException.class, state::key).code());
    assertEquals(
        StateException.Code.STATE_UNREADABLE,
        assertThrows(StateException.class, state::certificates).code());
    assertFalse(Files.exists(state.root().resolve("agent.json.new")));
  }
}
