package jp.sekisho.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.protocol.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins every default, every name in the file and every refusal of the settings. */
class ServiceConfigTest {
  private static final String ORIGIN = "https://auth.city.example:8443";

  private static ServiceConfig parse(String json) throws MalformedException {
    return ServiceConfig.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void defaults() {
    ServiceConfig config = ServiceConfig.of(ORIGIN, false, List.of("auth.city.example"), "内線 1");
    assertEquals(8443, config.peoplePort());
    assertEquals(8444, config.agentsPort());
    assertEquals(AddressMatch.REQUIRE, config.addressMatch());
    assertNull(config.staffCa());
    assertNull(config.database());
    assertEquals("auth.city.example", config.host());
    assertEquals(
        8080,
        ServiceConfig.of("http://localhost:8080", true, List.of("localhost"), "内線 1").peoplePort());
  }

  @Test
  void fileWithOnlyWhatIsRequiredHasTheDefaults() throws Exception {
    assertEquals(
        ServiceConfig.of(ORIGIN, false, List.of("a"), "h"),
        parse(
            "{\"agentsHosts\":[\"a\"],\"helpLine\":\"h\",\"origin\":\"" + ORIGIN + "\",\"v\":1}"));
  }

  @Test
  void everyNameInTheFile() {
    ServiceConfig config =
        new ServiceConfig(
            ORIGIN,
            false,
            1,
            2,
            List.of("a", "b"),
            "h",
            AddressMatch.FLAG,
            Path.of("/trust"),
            URI.create("http://ca.example/staff.crl"),
            URI.create("https://ocsp.example/"),
            "jdbc:postgresql://db/sekisho");
    assertEquals(
        "{\"addressMatch\":\"flag\",\"agentsHosts\":[\"a\",\"b\"],\"agentsPort\":2,"
            + "\"database\":\"jdbc:postgresql://db/sekisho\",\"helpLine\":\"h\",\"origin\":\""
            + ORIGIN
            + "\",\"peoplePort\":1,\"staffCa\":\"/trust\",\"staffCrl\":\"http://ca.example/staff.crl\",\"staffOcsp\":\"https://ocsp.example/\",\"trial\":false,\"v\":1}",
        new String(config.bytes(), StandardCharsets.UTF_8));
  }

  @Test
  void addressesOfRevocationAreReadAndHttpOnly() throws Exception {
    ServiceConfig config =
        ServiceConfig.of(ORIGIN, false, List.of("a"), "h")
            .withRevocation(URI.create("http://ca.example/l"), URI.create("https://o.example/"));
    assertEquals(config, ServiceConfig.parse(config.bytes()));
    for (String bad : List.of("ftp://a/l", "file:///l", "http:///l", "http://me@a/l", "l")) {
      assertThrows(
          IllegalArgumentException.class, () -> config.withRevocation(URI.create(bad), null));
      assertThrows(
          IllegalArgumentException.class, () -> config.withRevocation(null, URI.create(bad)));
    }
  }

  @Test
  void whatWasWrittenIsRead() throws Exception {
    ServiceConfig config = ServiceConfig.of(ORIGIN, false, List.of("a"), "h").withPorts(0, 0);
    assertEquals(config, ServiceConfig.parse(config.bytes()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"agentsHosts\":[\"a\"],\"helpLine\":\"h\",\"origin\":\"https://a\",\"v\":2}",
        "{\"agentsHosts\":[\"a\"],\"helpLine\":\"h\",\"origin\":\"https://a\",\"prot\":1,\"v\":1}",
        "{\"agentsHosts\":\"a\",\"helpLine\":\"h\",\"origin\":\"https://a\",\"v\":1}",
        "{\"agentsHosts\":[\"a\"],\"agentsPort\":70000,\"helpLine\":\"h\",\"origin\":\"https://a\",\"v\":1}",
        "{\"addressMatch\":\"no\",\"agentsHosts\":[\"a\"],\"helpLine\":\"h\",\"origin\":\"https://a\",\"v\":1}",
      })
  void refusesAFileWithAMissingUnknownOrInvalidSetting(String json) {
    assertThrows(MalformedException.class, () -> parse(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://auth.city.example",
        "https://auth.city.example/",
        "https://Auth.city.example",
        "ftp://a",
        "https://a:0"
      })
  void refusesAnOriginNoBrowserWouldSend(String origin) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> ServiceConfig.of(origin, true, List.of("a"), "h"));
    assertTrue(String.valueOf(refused.getMessage()).contains("origin"));
  }

  @Test
  void plainHttpNeedsATrial() {
    assertThrows(
        IllegalArgumentException.class,
        () -> ServiceConfig.of("http://localhost:8080", false, List.of("a"), "h"));
  }
}
