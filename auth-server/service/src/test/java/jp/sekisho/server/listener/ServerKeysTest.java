package jp.sekisho.server.listener;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerKeysTest {
  private static final InstantSource NOW =
      InstantSource.fixed(Instant.parse("2026-11-21T00:00:00Z"));
  private static final List<String> HOSTS = List.of("auth.city.example", "192.0.2.7");

  @TempDir private Path dir;
  private Path keysDir;

  @BeforeEach
  void directory() {
    keysDir = dir.resolve("keys");
  }

  @Test
  void serverCertificateNamesTheHostsAndThisMachine() throws Exception {
    ServerKeys keys = ServerKeys.createAll(keysDir, HOSTS, NOW);
    List<String> names =
        keys.serverTls().certificate().getSubjectAlternativeNames().stream()
            .map(name -> name.get(0) + ":" + name.get(1))
            .toList();
    assertEquals(
        List.of("2:auth.city.example", "7:192.0.2.7", "2:localhost", "7:127.0.0.1"), names);
    keys.serverTls().certificate().verify(keys.serverCa().certificate().getPublicKey());
    assertEquals(
        List.of("1.3.6.1.5.5.7.3.1"), keys.serverTls().certificate().getExtendedKeyUsage());
  }

  @Test
  void certificateAuthoritiesAreP256WithoutIntermediatesAndApart() throws Exception {
    ServerKeys keys = ServerKeys.createAll(keysDir, HOSTS, NOW);
    for (CertifiedKey ca : List.of(keys.serverCa(), keys.deviceCa())) {
      assertEquals(0, ca.certificate().getBasicConstraints());
      ECPublicKey key = assertInstanceOf(ECPublicKey.class, ca.certificate().getPublicKey());
      assertEquals(256, key.getParams().getCurve().getField().getFieldSize());
    }
    assertNotEquals(keys.serverCa().key(), keys.deviceCa().key());
  }

  @Test
  void filesArePrivateAndReadBackTheSame() throws Exception {
    ServerKeys made = ServerKeys.createAll(keysDir, HOSTS, NOW);
    try (Stream<Path> files = Files.list(keysDir)) {
      for (Path file : files.toList()) {
        assertEquals(
            "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
    }
    ServerKeys read = ServerKeys.load(keysDir, HOSTS, NOW);
    assertEquals(made.serverCa().certificate(), read.serverCa().certificate());
    assertEquals(made.serverTls().certificate(), read.serverTls().certificate());
    assertArrayEquals(made.deviceCa().key().getEncoded(), read.deviceCa().key().getEncoded());
  }

  @Test
  void existingKeysAreNeverReplaced() throws Exception {
    ServerKeys _ = ServerKeys.createAll(keysDir, HOSTS, NOW);
    assertThrows(IOException.class, () -> ServerKeys.createAll(keysDir, HOSTS, NOW));
  }

  @Test
  void portsCertificateIsMadeAnewNearItsEndOrForOtherHostsUnderTheSameCa() throws Exception {
    ServerKeys made = ServerKeys.createAll(keysDir, HOSTS, NOW);
    InstantSource later = InstantSource.fixed(NOW.instant().plus(Duration.ofDays(340)));
    ServerKeys renewed = ServerKeys.load(keysDir, HOSTS, later);
    Instant oldEnd = made.serverTls().certificate().getNotAfter().toInstant();
    assertTrue(renewed.serverTls().certificate().getNotAfter().toInstant().isAfter(oldEnd));
    assertEquals(made.serverCa().certificate(), renewed.serverCa().certificate());
    ServerKeys moved = ServerKeys.load(keysDir, List.of("other.city.example"), later);
    assertNotEquals(renewed.serverTls().certificate(), moved.serverTls().certificate());
  }

  @Test
  void certificateOfAnotherKeyIsFoundBeforeAPortOpens() throws Exception {
    ServerKeys _ = ServerKeys.createAll(keysDir, HOSTS, NOW);
    Files.copy(
        keysDir.resolve("server-ca.crt"),
        keysDir.resolve("device-ca.crt"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThrows(GeneralSecurityException.class, () -> ServerKeys.load(keysDir, HOSTS, NOW));
  }

  @Test
  void deviceCaKnowsItsOwnCertificatesAndNoOthers() throws Exception {
    ServerKeys keys = ServerKeys.createAll(keysDir, HOSTS, NOW);
    ServerKeys others = ServerKeys.createAll(dir.resolve("others"), HOSTS, NOW);
    DeviceCa ca = new DeviceCa(keys.deviceCa());
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    DeviceCa.Examined.Ours ours =
        assertInstanceOf(
            DeviceCa.Examined.Ours.class,
            ca.examine(ca.issue("T-0042", pair.getPublic(), NOW.instant())));
    assertEquals("T-0042", ours.terminal());
    assertArrayEquals(pair.getPublic().getEncoded(), ours.spki());
    assertEquals(NOW.instant().minus(Duration.ofMinutes(10)), ours.notBefore());
    assertEquals(Duration.ofDays(90), Duration.between(ours.notBefore(), ours.notAfter()));

    DeviceCa other = new DeviceCa(others.deviceCa());
    assertInstanceOf(
        DeviceCa.Examined.Foreign.class,
        ca.examine(other.issue("T-0042", pair.getPublic(), NOW.instant())));
    assertInstanceOf(DeviceCa.Examined.Foreign.class, ca.examine(keys.deviceCa().certificate()));
    assertInstanceOf(DeviceCa.Examined.Foreign.class, ca.examine(keys.serverTls().certificate()));
  }
}
