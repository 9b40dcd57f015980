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
import jp.sekisho.smartcard.piv.CardObjects;
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
 *   <li>the card is new: default management key, PIN and PUK, nothing in 9A
 *   <li>the key is made on the card, and attested where that is demanded
 *   <li>the card refuses to sign before VERIFY; then it signs a nonce
 *   <li>the PIN becomes the holder's, or one nobody knows until the first PIN reset; the PUK
 *       becomes the exclusive-or of two halves that their roles have by then; a nonce is signed
 *       with the new PIN: proof of possession, in place of a PKCS#10 request
 *   <li>the certificate is issued, written, and read back
 *   <li>the management key becomes a random one that nobody keeps (ADR 0008)
 * </ol>
 *
 * <p>So no card ever holds a certificate while the PIN or PUK of new cards counts, and none gets
 * one whose key and PIN were not proved in the same run. Until the PIN is set the order can be
 * given again with the same card and begins anew. From then on nobody could prove anything about a
 * card that comes back: a certificate made meanwhile is revoked, now or by the next run, and the
 * card is no new one. A card is known by {@code serial-<Yubico's number>}, else by {@code
 * chuid-<GUID>}.
 *
 * <p>One thread at a time; the channel stays the caller's. Long because the order of the steps is
 * what makes it safe: they are read in one place.
 */
public final class CardIssuer {
  /** Bounds a transaction in which a key is made: RSA takes some cards half a minute. */
  private static final Duration MAKING = Duration.ofMinutes(2);

  /** The same card may still be the row's. */
  private static final Set<IssueFailure> KEEPS_ITS_ROW =
      Set.of(IssueFailure.CARD_OF_ANOTHER, IssueFailure.NEW_PIN_REFUSED);

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
   * Issues one card. Whenever the answer is another than {@link IssueOutcome.Issued}, no
   * certificate made for it counts any more.
   *
   * @throws IOException when the CA, the receiver of halves or the record of progress fails; {@code
   *     NOT_REVOKED} with the serial number when a certificate counts that should not
   */
  public IssueOutcome issue(Order order, IssueProgress progress) throws IOException {
    IssueOutcome outcome = attempt(order, progress);
    if (outcome instanceof IssueOutcome.Refused refused
        && !KEEPS_ITS_ROW.contains(refused.failure())) {
      progress.free();
    }
    return outcome;
  }

  private IssueOutcome attempt(Order order, IssueProgress progress) throws IOException {
    Optional<BigInteger> revoked = Optional.empty();
    try {
      String card = step(this::identify);
      if (progress.isOfAnother(card)) {
        return new IssueOutcome.Refused(IssueFailure.CARD_OF_ANOTHER, card, revoked);
      }
      if (progress.certified().isPresent()) {
        // Nobody has seen since what holds it.
        revoke(progress.certified().get());
        revoked = progress.certified();
      }
      step(this::demandNew);
      progress.begin(card);
      Made made = step(guarded -> make(guarded, order.key()));
      step(guarded -> prove(guarded, made.key()));
      secure(order, card, made.key());
      return certify(order, card, made, progress);
    } catch (RefusedException e) {
      return new IssueOutcome.Refused(e.failure, String.valueOf(e.getMessage()), revoked);
    } catch (CardException e) {
      return new IssueOutcome.Failed(e.failure(), String.valueOf(e.getMessage()), revoked);
    }
  }

  /** From the certificate to the end, or to its revocation. */
  private IssueOutcome certify(Order order, String card, Made made, IssueProgress progress)
      throws IOException {
    X509Certificate certificate = ca.issue(made.key(), order.holder());
    Optional<BigInteger> counts = Optional.of(certificate.getSerialNumber());
    try {
      progress.recordCertificate(certificate.getSerialNumber());
      step(guarded -> write(guarded, certificate));
      step(this::close);
      look(certificate);
      progress.recordDone(card);
      counts = Optional.empty();
      return new IssueOutcome.Issued(card, certificate, made.attested());
    } catch (RefusedException e) {
      return new IssueOutcome.Refused(e.failure, String.valueOf(e.getMessage()), counts);
    } catch (CardException e) {
      return new IssueOutcome.Failed(e.failure(), String.valueOf(e.getMessage()), counts);
    } finally {
      if (counts.isPresent()) {
        revoke(counts.get());
      }
    }
  }

  private void revoke(BigInteger serial) throws IOException {
    try {
      ca.revoke(serial);
    } catch (IOException e) {
      throw new IOException(
          "NOT_REVOKED certificate " + serial.toString(16) + ": revoke it by hand", e);
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

  /** Whatever is not new is left as it is; only a foreign PIN or PUK may cost a try. */
  private Boolean demandNew(CardChannel guarded) throws CardException {
    PivAdministration piv = PivAdministration.open(guarded);
    if (piv.object(PivAdministration.CERTIFICATE_9A).isPresent()) {
      throw new RefusedException(IssueFailure.CARD_NOT_NEW, "9A holds a certificate");
    }
    demandAuthentication(piv);
    verifyDefaultPin(piv.application());
    if (!isDefaultPuk(piv)) {
      throw new RefusedException(IssueFailure.CARD_NOT_NEW, "the PUK is not that of new cards");
    }
    return true;
  }

  private Made make(CardChannel guarded, SigningAlgorithm type) throws CardException {
    PivAdministration piv = PivAdministration.open(guarded);
    demandAuthentication(piv);
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
    demandSignature(piv, key);
    return true;
  }

  private void demandSignature(PivApplication piv, PublicKey key) throws CardException {
    byte[] nonce = new byte[32];
    random.nextBytes(nonce);
    byte[] proof =
        Arrays.copyOf("sekisho proof of possession\n".getBytes(StandardCharsets.US_ASCII), 60);
    System.arraycopy(nonce, 0, proof, 28, nonce.length);
    SigningAlgorithm algorithm = SigningAlgorithm.of(key).orElseThrow();
    if (!SignatureVerifier.verifies(key, proof, piv.sign(algorithm, algorithm.hash(proof)))) {
      throw new RefusedException(IssueFailure.KEY_NOT_PROVED, "the signature does not verify");
    }
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

  /** By the metadata; a card without them is asked to change the default into itself. */
  private static boolean isDefaultPuk(PivAdministration piv) throws CardException {
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

  private void secure(Order order, String card, PublicKey key) throws IOException, CardException {
    try (Pin before = defaultPin()) {
      if (order.pin().isPresent() && PinChange.same(before, order.pin().get())) {
        throw new RefusedException(IssueFailure.NEW_PIN_REFUSED, "the PIN of new cards");
      }
    }
    try (Puk puk = Puk.random(random);
        PukHalf.Pair pair = PukHalf.split(puk, random);
        Pin unknown = randomPin()) {
      // First on paper: a PUK whose halves are lost is a card lost with the first forgotten PIN.
      halves.give(order.holder().number(), card, pair.first(), pair.second());
      Pin pin = order.pin().orElse(unknown);
      step(guarded -> secure(guarded, pin, puk, key));
    }
  }

  private Boolean secure(CardChannel guarded, Pin pin, Puk puk, PublicKey key)
      throws CardException {
    PivApplication piv = PivApplication.open(guarded);
    try (Pin before = defaultPin()) {
      Response changed = piv.change(before, pin);
      if (PinChange.refusesNewPin(changed.sw())) {
        throw new RefusedException(
            IssueFailure.NEW_PIN_REFUSED, "change of the PIN: %04X".formatted(changed.sw()));
      }
      demandOk(changed, "change of the PIN");
    }
    byte[] next = puk.block();
    try (Puk before = Puk.ofNewCards()) {
      demandOk(piv.changePuk(before.block(), next), "change of the PUK");
    } finally {
      Arrays.fill(next, (byte) 0);
    }
    demandOk(piv.verify(pin), "the new PIN");
    demandSignature(piv, key);
    return true;
  }

  private static void demandOk(Response response, String what) throws CardException {
    if (!response.ok()) {
      throw new CardException(CardFailure.CARD_ERROR, "%s: %04X".formatted(what, response.sw()));
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

  private boolean isClosed(CardChannel guarded) throws CardException {
    return !authenticate(PivAdministration.open(guarded));
  }

  /** The last look, at the card as its holder gets it. */
  private void look(X509Certificate certificate) throws CardException {
    RegistrationCheck.Outcome check = RegistrationCheck.of(channel);
    if (check instanceof RegistrationCheck.Outcome.Failed failed) {
      throw new CardException(failed.failure(), failed.detail());
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
  }
}
