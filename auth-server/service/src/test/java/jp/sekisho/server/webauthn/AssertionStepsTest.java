package jp.sekisho.server.webauthn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.upokecenter.cbor.CBORObject;
import com.yubico.webauthn.AssertionRequest;
import com.yubico.webauthn.CredentialRepository;
import com.yubico.webauthn.FinishAssertionOptions;
import com.yubico.webauthn.RegisteredCredential;
import com.yubico.webauthn.RelyingParty;
import com.yubico.webauthn.data.AuthenticatorAssertionResponse;
import com.yubico.webauthn.data.ByteArray;
import com.yubico.webauthn.data.ClientAssertionExtensionOutputs;
import com.yubico.webauthn.data.PublicKeyCredential;
import com.yubico.webauthn.data.PublicKeyCredentialDescriptor;
import com.yubico.webauthn.data.PublicKeyCredentialRequestOptions;
import com.yubico.webauthn.data.RelyingPartyIdentity;
import com.yubico.webauthn.data.UserVerificationRequirement;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.card.Authenticator.State;
import jp.sekisho.server.webauthn.AssertionProved.Outcome;
import jp.sekisho.server.webauthn.AssertionProved.Step;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * WebAuthn Level 3 §7.2, step by step. Yubico's library judges the same bytes: where it refuses we
 * refuse, and where we are stricter the test says so.
 */
class AssertionStepsTest {
  private static final String ORIGIN = "https://auth.city.example";
  private static final String CHALLENGE = Base64Url.encode(new byte[32]);

  private final SoftAuthenticator authenticator = new SoftAuthenticator(ORIGIN);
  private Passkey passkey = passkey(1);

  private Passkey passkey(long count) {
    return new Passkey(
        authenticator.credentialId,
        "100042",
        new byte[] {1, 2, 3, 4},
        authenticator.keys.getPublic().getEncoded(),
        count,
        authenticator.aaguid,
        "Example Key 5",
        Assurance.NORMAL,
        State.ACTIVE,
        "key",
        Instant.EPOCH,
        null,
        true);
  }

  @BeforeEach
  void handle() {
    authenticator.userHandle = new byte[] {1, 2, 3, 4};
  }

  private static Outcome judge(Assertion assertion, Passkey passkey) {
    return AssertionProved.of(assertion, passkey, CHALLENGE, RelyingPlace.of(ORIGIN));
  }

  private Assertion answer() {
    return authenticator.answer(CHALLENGE);
  }

  /** Both judges refuse. */
  private void refused(Step step) {
    Assertion assertion = answer();
    assertEquals(new Outcome.Failed(step), judge(assertion, passkey));
    assertFalse(libraryAccepts(assertion), "Yubico's library, too");
  }

  /** We refuse what the library lets pass. */
  private void stricter(Step step) {
    Assertion assertion = answer();
    assertEquals(new Outcome.Failed(step), judge(assertion, passkey));
    assertTrue(libraryAccepts(assertion));
  }

  @Test
  @DisplayName("§7.2: an honest assertion is proved, by the library too")
  void honest() {
    Assertion assertion = answer();
    AssertionProved proof =
        assertInstanceOf(Outcome.Proved.class, judge(assertion, passkey)).proof();
    assertTrue(libraryAccepts(assertion));
    assertEquals(2, proof.signCount());
    assertTrue(proof.counterAdvances(passkey));
  }

  @Test
  @DisplayName("§7.2-6: the user handle is that of the passkey's holder")
  void userHandle() {
    authenticator.userHandle = new byte[] {1, 2, 3, 5};
    refused(Step.USER_HANDLE);
    authenticator.userHandle = new byte[0];
    assertEquals(new Outcome.Failed(Step.USER_HANDLE), judge(answer(), passkey));
  }

  @Test
  @DisplayName("§7.2-8..10: client data is JSON of its form, no member twice")
  void clientData() {
    authenticator.more = ",\"challenge\":\"AAAA\"";
    assertEquals(new Outcome.Failed(Step.CLIENT_DATA), judge(answer(), passkey));
    authenticator.more = ",";
    refused(Step.CLIENT_DATA);
    authenticator.more = "}{";
    stricter(Step.CLIENT_DATA);
  }

  @Test
  @DisplayName("§7.2-11: the type must be webauthn.get")
  void type() {
    authenticator.getType = "webauthn.create";
    refused(Step.TYPE);
  }

  @Test
  @DisplayName("§7.2-12: the challenge must be the one that was asked")
  void challenge() {
    Assertion other = authenticator.answer(Base64Url.encode(new byte[] {1}));
    assertEquals(new Outcome.Failed(Step.CHALLENGE), judge(other, passkey));
    assertFalse(libraryAccepts(other));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "https://city.example",
        "https://auth.city.example.evil.example",
        "https://auth.city.example:8443",
        "http://auth.city.example"
      })
  @DisplayName("§7.2-13: the origin must be ours exactly")
  void origin(String other) {
    authenticator.origin = other;
    refused(Step.ORIGIN);
  }

  @Test
  @DisplayName("§7.2-14: not within another site's frame")
  void framed() {
    authenticator.more = ",\"topOrigin\":\"https://evil.example\"";
    stricter(Step.FRAMED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "city.example", "www.auth.city.example"})
  @DisplayName("§7.2-15: the RP ID is our host exactly")
  void rpId(String other) {
    authenticator.rpId = other;
    refused(Step.RP_ID);
  }

  @Test
  @DisplayName("§7.2-16: somebody was there")
  void present() {
    authenticator.flags = SoftAuthenticator.UV;
    refused(Step.USER_PRESENT);
  }

  @Test
  @DisplayName("§7.2-17: the holder was verified")
  void verified() {
    authenticator.flags = SoftAuthenticator.UP;
    refused(Step.USER_VERIFIED);
  }

  @Test
  @DisplayName("§7.2-18: backed up without being eligible is malformed")
  void backedUpOnly() {
    authenticator.flags |= SoftAuthenticator.BS;
    refused(Step.BACKUP);
  }

  @Test
  @DisplayName("§7.2-19: a passkey that became able to leave its authenticator is refused")
  void backup() {
    authenticator.flags |= SoftAuthenticator.BE;
    stricter(Step.BACKUP);
  }

  @Test
  @DisplayName("§7.2-20: an extension that nobody asked for is refused")
  void extensions() {
    authenticator.flags |= SoftAuthenticator.ED;
    stricter(Step.AUTHENTICATOR_DATA);
  }

  @Test
  @DisplayName("§7.2: authenticator data of another length is refused")
  void length() {
    Assertion honest = answer();
    for (int length : new int[] {0, 1, 36, 38, 77}) {
      Assertion cut =
          new Assertion(
              honest.credentialId(),
              java.util.Arrays.copyOf(honest.authenticatorData(), length),
              honest.clientDataJson(),
              honest.signature(),
              honest.userHandle());
      assertEquals(new Outcome.Failed(Step.AUTHENTICATOR_DATA), judge(cut, passkey));
    }
  }

  @Test
  @DisplayName("§7.2-21: the signature must verify, and by this passkey's key")
  void signature() {
    authenticator.breakSignature = true;
    refused(Step.SIGNATURE);
    authenticator.breakSignature = false;
    Passkey other =
        new Passkey(
            passkey.credentialId(),
            passkey.person(),
            passkey.userHandle(),
            TestCa.p256().getPublic().getEncoded(),
            1,
            passkey.aaguid(),
            passkey.model(),
            Assurance.NORMAL,
            State.ACTIVE,
            "key",
            Instant.EPOCH,
            null,
            true);
    assertEquals(new Outcome.Failed(Step.SIGNATURE), judge(answer(), other));
  }

  @ParameterizedTest(name = "kept {0}")
  @ValueSource(longs = {2, 3, 4_294_967_295L})
  @DisplayName("§7.2-22: a counter that did not go on is known as one")
  void counterBack(long kept) {
    passkey = passkey(kept);
    Assertion assertion = answer(); // counts 2
    AssertionProved proof =
        assertInstanceOf(Outcome.Proved.class, judge(assertion, passkey)).proof();
    assertFalse(proof.counterAdvances(passkey));
    assertFalse(libraryAccepts(assertion));
  }

  @Test
  @DisplayName("§7.2-22: 0 each time is no counter; 0 after a count is a step back")
  void counterZero() {
    authenticator.counts = 0;
    authenticator.counter = 0;
    for (long kept : new long[] {0, 1}) {
      passkey = passkey(kept);
      Assertion assertion = answer();
      AssertionProved proof =
          assertInstanceOf(Outcome.Proved.class, judge(assertion, passkey)).proof();
      assertEquals(kept == 0, proof.counterAdvances(passkey));
      assertEquals(kept == 0, libraryAccepts(assertion));
    }
  }

  @Test
  @DisplayName("§7.2-22: counters above 2³¹ are unsigned")
  void counterHigh() {
    passkey = passkey(0x7fff_ffffL);
    authenticator.counter = 0x7fff_ffffL;
    AssertionProved proof =
        assertInstanceOf(Outcome.Proved.class, judge(answer(), passkey)).proof();
    assertEquals(0x8000_0000L, proof.signCount());
    assertTrue(proof.counterAdvances(passkey));
  }

  private boolean libraryAccepts(Assertion assertion) {
    RelyingPartyIdentity identity =
        RelyingPartyIdentity.builder().id("auth.city.example").name("Sekisho").build();
    RelyingParty party =
        RelyingParty.builder()
            .identity(identity)
            .credentialRepository(new OnePasskey(passkey, cose()))
            .origins(Set.of(ORIGIN))
            .build();
    try {
      AssertionRequest request =
          AssertionRequest.builder()
              .publicKeyCredentialRequestOptions(
                  PublicKeyCredentialRequestOptions.builder()
                      .challenge(ByteArray.fromBase64Url(CHALLENGE))
                      .rpId("auth.city.example")
                      .userVerification(UserVerificationRequirement.REQUIRED)
                      .build())
              .build();
      return party
          .finishAssertion(
              FinishAssertionOptions.builder()
                  .request(request)
                  .response(
                      PublicKeyCredential
                          .<AuthenticatorAssertionResponse, ClientAssertionExtensionOutputs>
                              builder()
                          .id(new ByteArray(assertion.credentialId()))
                          .response(
                              AuthenticatorAssertionResponse.builder()
                                  .authenticatorData(new ByteArray(assertion.authenticatorData()))
                                  .clientDataJSON(new ByteArray(assertion.clientDataJson()))
                                  .signature(new ByteArray(assertion.signature()))
                                  .userHandle(new ByteArray(assertion.userHandle()))
                                  .build())
                          .clientExtensionResults(ClientAssertionExtensionOutputs.builder().build())
                          .build())
                  .build())
          .isSuccess();
    } catch (Exception e) {
      return false;
    }
  }

  private byte[] cose() {
    CBORObject object =
        CBORObject.DecodeFromBytes(authenticator.make(CHALLENGE).attestationObject());
    byte[] authData = object.get("authData").GetByteString();
    return java.util.Arrays.copyOfRange(authData, 37 + 16 + 2 + 16, authData.length);
  }

  /** The library's view of one passkey. */
  @SuppressWarnings("ArrayRecordComponent") // identity is not asked for
  private record OnePasskey(Passkey passkey, byte[] cose) implements CredentialRepository {
    @Override
    public Set<PublicKeyCredentialDescriptor> getCredentialIdsForUsername(String username) {
      return Set.of();
    }

    @Override
    public Optional<ByteArray> getUserHandleForUsername(String username) {
      return Optional.of(new ByteArray(passkey.userHandle()));
    }

    @Override
    public Optional<String> getUsernameForUserHandle(ByteArray userHandle) {
      return userHandle.equals(new ByteArray(passkey.userHandle()))
          ? Optional.of(passkey.person())
          : Optional.empty();
    }

    @Override
    public Optional<RegisteredCredential> lookup(ByteArray credentialId, ByteArray userHandle) {
      return lookupAll(credentialId).stream().findFirst();
    }

    @Override
    public Set<RegisteredCredential> lookupAll(ByteArray credentialId) {
      return Set.of(
          RegisteredCredential.builder()
              .credentialId(credentialId)
              .userHandle(new ByteArray(passkey.userHandle()))
              .publicKeyCose(new ByteArray(cose))
              .signatureCount(passkey.signCount())
              .build());
    }
  }
}
