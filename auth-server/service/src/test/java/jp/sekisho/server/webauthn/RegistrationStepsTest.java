package jp.sekisho.server.webauthn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.webauthn.Attestation.Made;
import jp.sekisho.server.webauthn.Attestation.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebAuthn Level 3 §7.1, and what we ask beyond it, over real attestation objects. */
class RegistrationStepsTest {
  private static final String ORIGIN = "https://auth.city.example";
  private static final String AAGUID = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final byte[] CHALLENGE = new byte[32];
  private static final byte[] HANDLE = {1, 2, 3, 4};

  @TempDir Path models;
  private final Maker maker = new Maker(NOW);
  private final SoftAuthenticator authenticator = new SoftAuthenticator(ORIGIN).of(maker);

  @BeforeEach
  void list() throws IOException {
    maker.list(models, AAGUID, "Example Key 5");
  }

  private Outcome judge(boolean trial, Made made) {
    return new Attestation(
            RelyingPlace.of(ORIGIN),
            new PasskeyModels(models),
            trial,
            Clock.fixed(NOW, ZoneOffset.UTC))
        .judge(made, CHALLENGE, HANDLE, "100042");
  }

  private Made made() {
    return authenticator.make(Base64Url.encode(CHALLENGE));
  }

  private void refused(Refusal reason) {
    assertEquals(new Outcome.Fails(reason), judge(false, made()));
    assertEquals(new Outcome.Fails(reason), judge(true, made()), "in a trial, too");
  }

  @Test
  @DisplayName("§7.1: a listed model's passkey with user verification is registered")
  void holds() {
    Outcome.Holds holds = assertInstanceOf(Outcome.Holds.class, judge(false, made()));
    assertArrayEquals(authenticator.keys.getPublic().getEncoded(), holds.spki());
    assertEquals(AAGUID, holds.aaguid());
    assertEquals("Example Key 5", holds.model());
    assertTrue(holds.proved());
    assertEquals(1, holds.signCount());
  }

  @Test
  @DisplayName("§7.1-7: the type must be webauthn.create")
  void type() {
    authenticator.createType = "webauthn.get";
    refused(Refusal.PASSKEY_INVALID);
  }

  @Test
  @DisplayName("§7.1-8: the challenge must be the one that was asked")
  void challenge() {
    byte[] other = new byte[32];
    other[31] = 1;
    assertEquals(
        new Outcome.Fails(Refusal.PASSKEY_INVALID),
        judge(false, authenticator.make(Base64Url.encode(other))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "https://auth.city.example.evil.example",
        "https://city.example",
        "https://auth.city.example:8443",
        "http://auth.city.example"
      })
  @DisplayName("§7.1-9: the origin must be ours exactly, port and scheme too")
  void origin(String other) {
    authenticator.origin = other;
    refused(Refusal.PASSKEY_INVALID);
  }

  @ParameterizedTest
  @ValueSource(strings = {",\"topOrigin\":\"https://evil.example\"", ",\"crossOrigin\":true"})
  @DisplayName("§7.1-10: not within another site's frame, and no member twice")
  void framed(String more) {
    authenticator.more = more;
    refused(Refusal.PASSKEY_INVALID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "city.example", "www.auth.city.example"})
  @DisplayName("§7.1-13: the RP ID is our host, no parent and no child of it")
  void rpId(String other) {
    authenticator.rpId = other;
    refused(Refusal.PASSKEY_INVALID);
  }

  @Test
  @DisplayName("§7.1-14: somebody was there")
  void present() {
    authenticator.flags = SoftAuthenticator.UV;
    refused(Refusal.PASSKEY_INVALID);
  }

  @Test
  @DisplayName("§7.1-15: the person was verified")
  void verified() {
    authenticator.flags = SoftAuthenticator.UP;
    refused(Refusal.PASSKEY_INVALID);
  }

  @ParameterizedTest
  @ValueSource(ints = {SoftAuthenticator.BE, SoftAuthenticator.BE | SoftAuthenticator.BS})
  @DisplayName("§7.1-16..18: a passkey that can leave its authenticator is refused")
  void backup(int flags) {
    authenticator.flags |= flags;
    refused(Refusal.PASSKEY_SYNCED);
  }

  @Test
  @DisplayName("§7.1-16: backed up without being eligible is malformed")
  void backedUpOnly() {
    authenticator.flags |= SoftAuthenticator.BS;
    refused(Refusal.PASSKEY_INVALID);
  }

  @Test
  @DisplayName("§7.1-20: an algorithm that was not asked for")
  void algorithm() {
    authenticator.algorithm = -35;
    refused(Refusal.PASSKEY_INVALID);
  }

  @Test
  @DisplayName("§7.1-22: the attestation's signature must verify")
  void signature() {
    authenticator.breakSignature = true;
    refused(Refusal.PASSKEY_INVALID);
  }

  @Test
  @DisplayName("§7.1-22: the AAGUID in the certificate must be the attested one")
  void otherModelsCertificate() throws IOException {
    // A batch certificate of one model, signing for another listed model of the same maker.
    maker.list(models, "11111111-1111-1111-1111-111111111111", "Example Key 6");
    SoftAuthenticator other = new SoftAuthenticator(ORIGIN);
    other.of(maker);
    Made honest = other.make(Base64Url.encode(CHALLENGE));
    byte[] swapped = honest.attestationObject().clone();
    byte[] from = {0x2f, (byte) 0xc0, 0x57, (byte) 0x9f};
    int at = lastIndexOf(swapped, from);
    for (int i = 0; i < 16; i++) {
      swapped[at + i] = 0x11;
    }
    assertEquals(
        new Outcome.Fails(Refusal.PASSKEY_INVALID),
        judge(false, new Made(honest.credentialId(), honest.clientDataJson(), swapped)));
  }

  private static int lastIndexOf(byte[] bytes, byte[] part) {
    for (int i = bytes.length - part.length; i >= 0; i--) {
      if (java.util.Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new IllegalArgumentException("not there");
  }

  @Test
  @DisplayName("§7.1-24: a soft key with a genuine-looking certificate leads to no listed maker")
  void softKey() {
    authenticator.of(new Maker(NOW)); // the same names, other keys
    refused(Refusal.PASSKEY_MODEL);
  }

  @Test
  @DisplayName("§7.1-24: self attestation is no attestation")
  void selfAttestation() {
    authenticator.format = SoftAuthenticator.Format.SELF;
    refused(Refusal.PASSKEY_MODEL);
  }

  @Test
  @DisplayName("§7.1-21: fido-u2f signs no AAGUID and no flags, so it proves no model")
  void u2f() {
    // A key of the listed maker that merely says to be the listed model, and to verify its user.
    authenticator.format = SoftAuthenticator.Format.FIDO_U2F;
    authenticator.aaguidInCertificate = false;
    refused(Refusal.PASSKEY_MODEL);
  }

  @Test
  @DisplayName("§7.1-24: a model without a file of its own is refused, its maker listed or not")
  void unlistedModel() throws IOException {
    Files.move(
        models.resolve(AAGUID + ".pem"),
        models.resolve("11111111-1111-1111-1111-111111111111.pem"));
    refused(Refusal.PASSKEY_MODEL);
  }

  @Test
  @DisplayName("§7.1-24: no list, no registration")
  void noList() throws IOException {
    Files.delete(models.resolve(AAGUID + ".pem"));
    Files.delete(models);
    refused(Refusal.PASSKEY_MODEL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "model: Example\n", "-----BEGIN CERTIFICATE-----\n"})
  @DisplayName("a file that cannot be used refuses its model")
  void badFile(String content) throws IOException {
    Files.writeString(models.resolve(AAGUID + ".pem"), content);
    refused(Refusal.PASSKEY_MODEL);
  }

  @Test
  @DisplayName("attestation none: refused in production, 低保証 in a trial")
  void none() {
    authenticator.format = SoftAuthenticator.Format.NONE;
    assertEquals(new Outcome.Fails(Refusal.PASSKEY_MODEL), judge(false, made()));
    Outcome.Holds holds = assertInstanceOf(Outcome.Holds.class, judge(true, made()));
    assertEquals(false, holds.proved());
    assertEquals("", holds.model());
  }

  @Test
  @DisplayName("§7.1-12: what is no attestation object is refused")
  void malformed() {
    Made honest = made();
    for (int length = 0; length < honest.attestationObject().length; length += 7) {
      byte[] cut = java.util.Arrays.copyOf(honest.attestationObject(), length);
      assertEquals(
          new Outcome.Fails(Refusal.PASSKEY_INVALID),
          judge(true, new Made(honest.credentialId(), honest.clientDataJson(), cut)));
    }
    assertEquals(
        new Outcome.Fails(Refusal.PASSKEY_INVALID),
        judge(
            true,
            new Made(honest.credentialId(), new byte[ClientData.MAX_BYTES + 1], new byte[0])));
  }
}
