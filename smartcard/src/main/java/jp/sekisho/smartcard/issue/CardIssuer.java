package jp.sekisho.smartcard.issue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.CertificateContainer;
import jp.sekisho.smartcard.piv.Pin;
import jp.sekisho.smartcard.piv.PinChange;
import jp.sekisho.smartcard.piv.PinStatus;
import jp.sekisho.smartcard.piv.PivApplication;
import jp.sekisho.smartcard.piv.SigningAlgorithm;
import jp.sekisho.smartcard.piv.Tlv;
import jp.sekisho.smartcard.piv.TransactionWatchdog;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a staff card of a new PIV card, in steps of which each is one transaction that ends with a
 * reset:
 *
 * <ol>
 *   <li>the card is new: default management key and PIN, nothing in 9A
 *   <li>the key is made on the card, and attested where that is demanded
 *   <li>the card refuses to sign before VERIFY; then it signs a nonce: proof of possession, in
 *       place of a PKCS#10 request
 *   <li>the certificate is issued, written, and read back
 *   <li>the PUK becomes the exclusive-or of two halves that their roles have by then
 *   <li>the PIN becomes the holder's, or one nobody knows until the first PIN reset
 *   <li>the management key becomes a random one that nobody keeps (ADR 0008)
 * </ol>
 *
 * <p>The management key is last: until then the order can be given again and continues. A card that
 * does not pass is never given a certificate. A card is known by {@code serial-<Yubico's number>},
 * else by {@code chuid-<GUID>}.
 *
 * <p>One thread at a time; the channel stays the caller's. Long because the order of the steps is
 * what makes it safe: they are read in one place.
 */
public final class CardIssuer {
  /** Bounds a transaction in which a key is made: RSA takes some cards half a minute. */
  private static final Duration MAKING = Duration.ofMinutes(2);

  private static final Set<CardFailure> IS_OTHER_PIN =
      Set.of(CardFailure.PIN_WRONG, CardFailure.PIN_BLOCKED);
  private static final char[] DEFAULT_PIN = {'1', '2', '3', '4', '5', '6'};

  private final CardChannel channel;
  private final CardCa ca;
  private final Optional<Attestation> attestation;
  private final HalfReceiver halves;
  private final SecureRandom random = new SecureRandom();
  private final TransactionWatchdog watchdog;

  /**
   * @param attestation demanded of every card; empty = of none
   */
  public CardIssuer(
      CardChannel channel, CardCa ca, Optional<Attestation> attestation, HalfReceiver halves) {
    this.channel = channel;
    this.ca = ca;
    this.attestation = attestation;
    this.halves = halves;
    this.watchdog = new TransactionWatchdog(channel, MAKING);
  }

  /**
   * What to make.
   *
   * @param pin the holder's own, closed by the caller; empty = one that nobody knows
   */
  public record Order(Holder holder, SigningAlgorithm key, Optional<Pin> pin) {}

  /** A refusal inside a transaction. */
  private static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final IssueFailure failure;

    private RefusedException(IssueFailure failure, String detail) {
      super(detail, null, false, false);
      this.failure = failure;
    }
  }

  /** A key that was made and has shown nothing yet but, perhaps, an attestation. */
  private record Made(PublicKey key, Optional<Attestation.Verdict.Attested> attested) {}

  /**
   * Issues one card.
   *
   * @throws IOException when the CA, the receiver of halves or the record of progress fails; the
   *     order may be given again
   */
  public IssueOutcome issue(Order order, IssueProgress progress) throws IOException {
    try {
      String card = step(this::identify);
      Optional<IssueFailure> another = progress.begin(card);
      if (another.isPresent()) {
        return new IssueOutcome.Refused(another.get(), card);
      }
      Optional<X509Certificate> kept = continued(progress);
      if (kept.isPresent() && step(this::isClosed)) {
        // Only the record was missing.
        return done(card, kept.get(), Optional.empty(), progress);
      }
      Optional<Attestation.Verdict.Attested> attested = Optional.empty();
      X509Certificate certificate;
      if (kept.isPresent()) {
        certificate = kept.get();
      } else {
        if (progress.certified().isPresent()) {
          // The card never got it whole; nobody shall.
          ca.revoke(progress.certified().get());
        }
        Made made = step(guarded -> make(guarded, order.key()));
        attested = made.attested();
        step(guarded -> prove(guarded, made.key()));
        certificate = ca.issue(made.key(), order.holder());
        progress.recordCertificate(certificate.getSerialNumber());
        step(guarded -> write(guarded, certificate));
      }
      setPuk(order, card, progress);
      setPin(order, certificate, kept.isPresent());
      step(this::close);
      return done(card, certificate, attested, progress);
    } catch (RefusedException e) {
      return new IssueOutcome.Refused(e.failure, String.valueOf(e.getMessage()));
    } catch (CardException e) {
      return new IssueOutcome.Failed(e.failure(), String.valueOf(e.getMessage()));
    }
  }

  /** One transaction. A refusal in it ends it as an answer does: the card is left reset. */
  private <T> T step(TransactionWatchdog.Work<T> work) throws CardException {
    AtomicReference<@Nullable RefusedException> refused = new AtomicReference<>();
    Optional<T> result =
        watchdog.run(guarded -> {
          try {
            return Optional.of(work.run(guarded));
          } catch (RefusedException e) {
            refused.set(e);
            return Optional.empty();
          }
        });
    RefusedException refusal = refused.get();
    if (refusal != null) {
      throw refusal;
    }
    return result.orElseThrow();
  }

  private String identify(CardChannel guarded) throws CardException {
    PivAdministration piv = PivAdministration.open(guarded);
    OptionalInt serial = piv.serial();
    if (serial.isPresent()) {
      return "serial-" + Integer.toUnsignedString(serial.getAsInt());
    }
    Optional<byte[]> chuid = piv.object(PivAdministration.CHUID);
    if (chuid.isEmpty()) {
      demandAuthentication(piv);
      piv.putObject(PivAdministration.CHUID, CardObjects.chuid(random));
      chuid = piv.object(PivAdministration.CHUID);
    }
    byte[] guid =
        Tlv.require(
            Tlv.require(
                chuid.orElseThrow(() -> new CardException(CardFailure.CARD_ERROR, "no CHUID")),
                0x53),
            0x34);
    return "chuid-" + HexFormat.of().formatHex(guid);
  }

  /** The certificate of an earlier attempt, if the card still holds it. */
  private Optional<X509Certificate> continued(IssueProgress progress) throws CardException {
    Optional<BigInteger> serial = progress.certified();
    Optional<byte[]> object =
        serial.isEmpty()
            ? Optional.empty()
            : step(guarded ->
                PivAdministration.open(guarded).object(PivAdministration.CERTIFICATE_9A));
    if (object.isEmpty()) {
      return Optional.empty();
    }
    X509Certificate found = CertificateContainer.open(object.get());
    return found.getSerialNumber().equals(serial.get())
            && found.getIssuerX500Principal().equals(ca.root().getSubjectX500Principal())
        ? Optional.of(found)
        : Optional.empty();
  }

  private Made make(CardChannel guarded, SigningAlgorithm type) throws CardException {
    PivAdministration piv = PivAdministration.open(guarded);
    if (piv.object(PivAdministration.CERTIFICATE_9A).isPresent()) {
      throw new RefusedException(IssueFailure.CARD_NOT_NEW, "9A holds a certificate");
    }
    if (piv.puk().filter(puk -> !puk.isDefault()).isPresent()) {
      throw new RefusedException(IssueFailure.CARD_NOT_NEW, "the PUK is not that of new cards");
    }
    demandAuthentication(piv);
    verifyDefaultPin(piv.application());
    PublicKey key = piv.generate(type, piv.version().isPresent());
    if (attestation.isEmpty()) {
      return new Made(key, Optional.empty());
    }
    Attestation.Verdict verdict =
        attestation.get().judge(piv.attestation(), piv.attestationCertificate(), key, piv.serial());
    if (verdict instanceof Attestation.Verdict.Refused refused) {
      throw new RefusedException(refused.failure(), refused.detail());
    }
    return new Made(key, Optional.of((Attestation.Verdict.Attested) verdict));
  }

  private void demandAuthentication(PivAdministration piv) throws CardException {
    if (!authenticate(piv)) {
      throw new RefusedException(
          IssueFailure.CARD_NOT_NEW, "the management key is not that of new cards");
    }
  }

  private boolean authenticate(PivAdministration piv) throws CardException {
    int algorithm = piv.managementAlgorithm();
    if (algorithm != ManagementSecret.TDES && algorithm != ManagementSecret.AES192) {
      return false;
    }
    try (ManagementSecret key = ManagementSecret.ofNewCards(algorithm)) {
      return piv.authenticate(key, random);
    }
  }

  private static void verifyDefaultPin(PivApplication piv) throws CardException {
    PinStatus status = piv.pinStatus();
    // Somebody else's PIN on it is no reason to take his last try.
    boolean free = status.kind() == PinStatus.Kind.LEFT && status.tries() > 1;
    try (Pin pin = defaultPin()) {
      if (!free || !piv.verify(pin).ok()) {
        throw new RefusedException(IssueFailure.CARD_NOT_NEW, "the PIN is not that of new cards");
      }
    }
  }

  private static Pin defaultPin() {
    return Pin.of(DEFAULT_PIN.clone()).orElseThrow();
  }

  /** The step's own transaction: nothing is verified when it begins. */
  private Boolean prove(CardChannel guarded, PublicKey key) throws CardException {
    PivApplication piv = PivApplication.open(guarded);
    if (!RegistrationCheck.refusesBeforePin(piv, key)) {
      throw new RefusedException(IssueFailure.KEY_NOT_PROTECTED, "signed before VERIFY");
    }
    verifyDefaultPin(piv);
    byte[] nonce = new byte[32];
    random.nextBytes(nonce);
    byte[] proof =
        Arrays.copyOf("sekisho proof of possession\n".getBytes(StandardCharsets.US_ASCII), 60);
    System.arraycopy(nonce, 0, proof, 28, nonce.length);
    SigningAlgorithm algorithm = SigningAlgorithm.of(key).orElseThrow();
    if (!SignatureVerifier.verifies(key, proof, piv.sign(algorithm, algorithm.hash(proof)))) {
      throw new RefusedException(IssueFailure.KEY_NOT_PROVED, "the signature does not verify");
    }
    return true;
  }

  private Boolean write(CardChannel guarded, X509Certificate certificate) throws CardException {
    PivAdministration piv = PivAdministration.open(guarded);
    demandAuthentication(piv);
    byte[] der;
    try {
      der = certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("certificate without encoding", e);
    }
    piv.putObject(PivAdministration.CERTIFICATE_9A, CardObjects.certificate(der));
    // Windows and macOS look for both.
    if (piv.object(PivAdministration.CHUID).isEmpty()) {
      piv.putObject(PivAdministration.CHUID, CardObjects.chuid(random));
    }
    if (piv.object(PivAdministration.CAPABILITIES).isEmpty()) {
      piv.putObject(PivAdministration.CAPABILITIES, CardObjects.capabilities(random));
    }
    if (!Fingerprint.of(piv.application().certificate()).equals(Fingerprint.of(certificate))) {
      throw new RefusedException(IssueFailure.CERTIFICATE_NOT_KEPT, "another one was read back");
    }
    return true;
  }

  private void setPuk(Order order, String card, IssueProgress progress)
      throws IOException, CardException {
    boolean isDefault = step(CardIssuer::isDefaultPuk);
    if (!isDefault) {
      if (progress.halvesGiven()) {
        return;
      }
      throw new RefusedException(IssueFailure.CARD_NOT_NEW, "the PUK is not that of new cards");
    }
    try (Puk fresh = Puk.random(random);
        PukHalf.Pair pair = PukHalf.split(fresh, random)) {
      // First on paper: a PUK whose halves are lost is a card lost with the first forgotten PIN.
      halves.give(order.holder().number(), card, pair.first(), pair.second());
      progress.recordHalves();
      step(guarded -> changePuk(guarded, fresh));
    }
  }

  /** By the metadata; a card without them is asked to change the default into itself. */
  private static boolean isDefaultPuk(CardChannel guarded) throws CardException {
    PivAdministration piv = PivAdministration.open(guarded);
    Optional<PivAdministration.PukStatus> status = piv.puk();
    if (status.isPresent()) {
      return status.get().isDefault();
    }
    byte[] block;
    try (Puk puk = Puk.ofNewCards()) {
      block = puk.block();
    }
    return piv.application().changePuk(block, block).ok();
  }

  private static Boolean changePuk(CardChannel guarded, Puk fresh) throws CardException {
    byte[] next = fresh.block();
    try (Puk before = Puk.ofNewCards()) {
      Response response = PivApplication.open(guarded).changePuk(before.block(), next);
      if (!response.ok()) {
        throw new CardException(
            CardFailure.CARD_ERROR, "change of the PUK: %04X".formatted(response.sw()));
      }
      return true;
    } finally {
      Arrays.fill(next, (byte) 0);
    }
  }

  private void setPin(Order order, X509Certificate certificate, boolean continued)
      throws CardException {
    try (Pin before = defaultPin();
        Pin unknown = randomPin()) {
      PinChange.Outcome outcome =
          new PinChange(channel)
              .change(Fingerprint.of(certificate), before, order.pin().orElse(unknown), continued);
      if (outcome instanceof PinChange.Outcome.Refused refused
          // Else the attempt that was broken off had come so far.
          && !(continued && IS_OTHER_PIN.contains(refused.failure()))) {
        throw new CardException(refused.failure(), "change of the PIN: " + refused.detail());
      }
    }
  }

  private Pin randomPin() {
    char[] digits = new char[Pin.LONGEST];
    for (int i = 0; i < digits.length; i++) {
      digits[i] = (char) ('0' + random.nextInt(10));
    }
    try {
      return Pin.of(digits).orElseThrow();
    } finally {
      Arrays.fill(digits, '\0');
    }
  }

  /** Takes the default management key away; AES-192 where the card knows it. */
  private Boolean close(CardChannel guarded) throws CardException {
    PivAdministration piv = PivAdministration.open(guarded);
    demandAuthentication(piv);
    for (int algorithm : List.of(ManagementSecret.AES192, ManagementSecret.TDES)) {
      try (ManagementSecret key = ManagementSecret.random(algorithm, random)) {
        if (piv.setManagementKey(key)) {
          return true;
        }
      }
    }
    throw new CardException(CardFailure.CARD_ERROR, "the management key cannot be changed");
  }

  /** Whether the last step was taken. */
  private boolean isClosed(CardChannel guarded) throws CardException {
    return !authenticate(PivAdministration.open(guarded));
  }

  /** The last look, at the card as its holder gets it. */
  private IssueOutcome done(
      String card,
      X509Certificate certificate,
      Optional<Attestation.Verdict.Attested> attested,
      IssueProgress progress)
      throws IOException, CardException {
    RegistrationCheck.Outcome check = RegistrationCheck.of(channel);
    if (check instanceof RegistrationCheck.Outcome.Failed failed) {
      return new IssueOutcome.Failed(failed.failure(), failed.detail());
    }
    if (!(check instanceof RegistrationCheck.Outcome.Refuses refuses)) {
      throw new RefusedException(IssueFailure.KEY_NOT_PROTECTED, "signed before VERIFY");
    }
    if (!Fingerprint.of(refuses.certificate()).equals(Fingerprint.of(certificate))) {
      throw new RefusedException(IssueFailure.CERTIFICATE_NOT_KEPT, "another one was read back");
    }
    if (!step(this::isClosed)) {
      throw new CardException(CardFailure.CARD_ERROR, "the management key is still the default");
    }
    progress.recordDone(card);
    return new IssueOutcome.Issued(card, certificate, attested);
  }
}
