package jp.sekisho.server.webauthn;

import com.yubico.webauthn.CredentialRepository;
import com.yubico.webauthn.FinishRegistrationOptions;
import com.yubico.webauthn.RegisteredCredential;
import com.yubico.webauthn.RegistrationResult;
import com.yubico.webauthn.RelyingParty;
import com.yubico.webauthn.attestation.AttestationTrustSource;
import com.yubico.webauthn.attestation.AttestationTrustSource.TrustRootsResult;
import com.yubico.webauthn.data.AttestationConveyancePreference;
import com.yubico.webauthn.data.AttestationObject;
import com.yubico.webauthn.data.AttestationType;
import com.yubico.webauthn.data.AuthenticatorAttestationResponse;
import com.yubico.webauthn.data.AuthenticatorSelectionCriteria;
import com.yubico.webauthn.data.ByteArray;
import com.yubico.webauthn.data.ClientRegistrationExtensionOutputs;
import com.yubico.webauthn.data.PublicKeyCredential;
import com.yubico.webauthn.data.PublicKeyCredentialCreationOptions;
import com.yubico.webauthn.data.PublicKeyCredentialDescriptor;
import com.yubico.webauthn.data.PublicKeyCredentialParameters;
import com.yubico.webauthn.data.RelyingPartyIdentity;
import com.yubico.webauthn.data.ResidentKeyRequirement;
import com.yubico.webauthn.data.UserIdentity;
import com.yubico.webauthn.data.UserVerificationRequirement;
import com.yubico.webauthn.exception.RegistrationFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.PublicKey;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.webauthn.PasskeyModels.Model;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The judgement of a registration, WebAuthn Level 3 §7.1, by Yubico's library; then our own rules:
 * the model is listed, its attestation leads to that model's maker, and the passkey cannot leave
 * its authenticator. Registrations are rare, so speed counts nothing here. Thread-safe.
 *
 * <p>Only {@code packed} proves a model: it signs the authenticator's whole data. {@code fido-u2f}
 * signs neither AAGUID nor flags, so any key of a listed maker could name itself a listed model;
 * the others are not needed.
 */
final class Attestation {
  private static final Logger LOG = LoggerFactory.getLogger(Attestation.class);

  private static final int BACKUP_ELIGIBLE = 0x08;
  private static final int BACKED_UP = 0x10;

  /** ES256 first; RS256 for keys that make no other. */
  static final List<PublicKeyCredentialParameters> ALGORITHMS =
      List.of(PublicKeyCredentialParameters.ES256, PublicKeyCredentialParameters.RS256);

  private final RelyingPlace place;
  private final PasskeyModels models;
  private final boolean trial;
  private final Clock clock;

  Attestation(RelyingPlace place, PasskeyModels models, boolean trial, Clock clock) {
    this.place = place;
    this.models = models;
    this.trial = trial;
    this.clock = clock;
  }

  /**
   * What was made, as the browser sent it.
   *
   * @param credentialId 1 to 1023 bytes
   */
  @SuppressWarnings(
      "ArrayRecordComponent") // never changed after reading; identity is not asked for
  record Made(byte[] credentialId, byte[] clientDataJson, byte[] attestationObject) {}

  /** What the steps come to. */
  sealed interface Outcome {
    /**
     * All hold.
     *
     * @param spki DER of the new key
     * @param model the name of the model; empty when it is not proved
     * @param proved whether the attestation leads to a listed model's maker; else this is a trial
     */
    @SuppressWarnings("ArrayRecordComponent") // identity is not asked for
    record Holds(byte[] spki, long signCount, String aaguid, String model, boolean proved)
        implements Outcome {}

    /** One does not. */
    record Fails(Refusal reason) implements Outcome {}
  }

  /**
   * Goes through the steps.
   *
   * @param challenge the bytes that were asked for
   * @param userHandle of the person
   */
  Outcome judge(Made made, byte[] challenge, byte[] userHandle, String person) {
    RegistrationResult result;
    try {
      if (ClientData.parse(made.clientDataJson()).isFramed()) {
        return new Outcome.Fails(Refusal.PASSKEY_INVALID); // step 10: the library does not look
      }
      result =
          party()
              .finishRegistration(
                  FinishRegistrationOptions.builder()
                      .request(request(challenge, userHandle, person))
                      .response(response(made))
                      .build());
    } catch (UncheckedIOException e) {
      LOG.error("the list of passkey models cannot be used: {}", e.getMessage());
      return new Outcome.Fails(Refusal.PASSKEY_MODEL);
    } catch (MalformedException | RegistrationFailedException | IOException | RuntimeException e) {
      // The library's own words hold parts of the input; the class is enough to look it up.
      LOG.info("a passkey was not registered: {}", e.getClass().getName());
      return new Outcome.Fails(Refusal.PASSKEY_INVALID);
    }
    return judge(result, made);
  }

  private Outcome judge(RegistrationResult result, Made made) {
    if (!result.isUserVerified()) {
      return new Outcome.Fails(Refusal.PASSKEY_INVALID);
    }
    if (!staysInside(made)) {
      return new Outcome.Fails(Refusal.PASSKEY_SYNCED);
    }
    boolean proved = result.isAttestationTrusted();
    boolean none = result.getAttestationType() == AttestationType.NONE;
    // A wrong attestation is refused everywhere; only no attestation at all passes, in a trial.
    boolean packed = format(made).equals("packed");
    if (!(proved && packed) && !(trial && none)) {
      return new Outcome.Fails(Refusal.PASSKEY_MODEL);
    }
    String aaguid = uuid(result.getAaguid());
    byte[] spki;
    String model;
    try {
      spki = key(result).getEncoded();
      model = proved ? models.find(aaguid).map(Model::name).orElse("") : "";
    } catch (Exception e) {
      return new Outcome.Fails(Refusal.PASSKEY_INVALID);
    }
    if (proved && model.isEmpty()) {
      return new Outcome.Fails(Refusal.PASSKEY_MODEL); // taken off the list just now
    }
    if (SignatureVerifier.encoded(spki).flatMap(SignatureVerifier::algorithm).isEmpty()) {
      return new Outcome.Fails(Refusal.PASSKEY_INVALID);
    }
    return new Outcome.Holds(spki, result.getSignatureCount(), aaguid, model, proved);
  }

  /** Whether the flags say that the passkey can never leave its authenticator. */
  private static boolean staysInside(Made made) {
    try {
      byte[] data =
          new AttestationObject(new ByteArray(made.attestationObject()))
              .getAuthenticatorData()
              .getBytes()
              .getBytes();
      return (data[32] & (BACKUP_ELIGIBLE | BACKED_UP)) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The attestation's format; empty when it cannot be read. */
  private static String format(Made made) {
    try {
      return new AttestationObject(new ByteArray(made.attestationObject())).getFormat();
    } catch (IOException e) {
      return "";
    }
  }

  private static PublicKey key(RegistrationResult result) throws Exception {
    return RegisteredCredential.builder()
        .credentialId(result.getKeyId().getId())
        .userHandle(result.getKeyId().getId())
        .publicKeyCose(result.getPublicKeyCose())
        .build()
        .getParsedPublicKey();
  }

  private RelyingPartyIdentity identity() {
    return RelyingPartyIdentity.builder().id(place.rpId()).name("Sekisho").build();
  }

  private RelyingParty party() {
    return RelyingParty.builder()
        .identity(identity())
        .credentialRepository(new NoCredentials())
        .origins(Set.of(place.origin()))
        .attestationConveyancePreference(AttestationConveyancePreference.DIRECT)
        .attestationTrustSource(trust())
        // So that the reason is ours to tell; what is not trusted is refused in judge().
        .allowUntrustedAttestation(true)
        .clock(clock)
        .build();
  }

  /** The makers of exactly the model that the attested data names, and of no other. */
  private AttestationTrustSource trust() {
    return (chain, aaguid) -> {
      try {
        Optional<Model> model =
            aaguid.isPresent() ? models.find(uuid(aaguid.get())) : Optional.empty();
        return TrustRootsResult.builder()
            .trustRoots(model.map(Model::makers).orElse(Set.of()))
            .enableRevocationChecking(false)
            .build();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private PublicKeyCredentialCreationOptions request(
      byte[] challenge, byte[] userHandle, String person) {
    return PublicKeyCredentialCreationOptions.builder()
        .rp(identity())
        .user(
            UserIdentity.builder()
                .name(person)
                .displayName(person)
                .id(new ByteArray(userHandle))
                .build())
        .challenge(new ByteArray(challenge))
        .pubKeyCredParams(ALGORITHMS)
        .authenticatorSelection(
            AuthenticatorSelectionCriteria.builder()
                .residentKey(ResidentKeyRequirement.REQUIRED)
                .userVerification(UserVerificationRequirement.REQUIRED)
                .build())
        .attestation(AttestationConveyancePreference.DIRECT)
        .build();
  }

  private static PublicKeyCredential<
          AuthenticatorAttestationResponse, ClientRegistrationExtensionOutputs>
      response(Made made) throws IOException {
    try {
      return PublicKeyCredential
          .<AuthenticatorAttestationResponse, ClientRegistrationExtensionOutputs>builder()
          .id(new ByteArray(made.credentialId()))
          .response(
              AuthenticatorAttestationResponse.builder()
                  .attestationObject(new ByteArray(made.attestationObject()))
                  .clientDataJSON(new ByteArray(made.clientDataJson()))
                  .build())
          .clientExtensionResults(ClientRegistrationExtensionOutputs.builder().build())
          .build();
    } catch (com.yubico.webauthn.data.exception.Base64UrlException e) {
      throw new IOException(e);
    }
  }

  private static String uuid(ByteArray aaguid) {
    String hex = HexFormat.of().formatHex(aaguid.getBytes());
    return hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
  }

  /** Whether an id is taken is asked in the unit that writes it. */
  private static final class NoCredentials implements CredentialRepository {
    @Override
    public Set<PublicKeyCredentialDescriptor> getCredentialIdsForUsername(String username) {
      return Set.of();
    }

    @Override
    public Optional<ByteArray> getUserHandleForUsername(String username) {
      return Optional.empty();
    }

    @Override
    public Optional<String> getUsernameForUserHandle(ByteArray userHandle) {
      return Optional.empty();
    }

    @Override
    public Optional<RegisteredCredential> lookup(ByteArray credentialId, ByteArray userHandle) {
      return Optional.empty();
    }

    @Override
    public Set<RegisteredCredential> lookupAll(ByteArray credentialId) {
      return Set.of();
    }
  }
}
