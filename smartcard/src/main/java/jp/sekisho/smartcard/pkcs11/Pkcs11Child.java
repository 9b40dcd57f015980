package jp.sekisho.smartcard.pkcs11;

import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.verify.SignatureVerifier;

/**
 * The process a module runs in: one request from standard input, one answer to standard output,
 * end. Whatever the module does to it is seen by {@link Pkcs11Card} from outside.
 */
final class Pkcs11Child {
  private static final int PIN_COUNT_LOW = 0x10000;
  private static final int PIN_FINAL_TRY = 0x20000;
  private static final int PIN_LOCKED = 0x40000;
  private static final int LONGEST_DETAIL = 500;

  private Pkcs11Child() {}

  public static void main(String[] arguments) throws IOException {
    // Not System.in: its buffer would keep the PIN.
    DataInputStream in = new DataInputStream(new FileInputStream(FileDescriptor.in));
    String marker = in.readUTF();
    Pkcs11Request request = Pkcs11Request.read(in);
    Pkcs11Outcome outcome;
    try {
      outcome = answer(request);
    } finally {
      request.wipe();
    }
    try (PrintStream out =
        new PrintStream(
            new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII)) {
      out.println(Pkcs11Answer.line(marker, outcome));
    }
    // Not through the module's exit handlers: some hang.
    Runtime.getRuntime().halt(0);
  }

  private static Pkcs11Outcome answer(Pkcs11Request request) {
    try {
      Cryptoki cryptoki = Cryptoki.load(request.module());
      List<Cryptoki.Token> tokens =
          cryptoki.tokens().stream().filter(request.token()::matches).toList();
      if (tokens.isEmpty()) {
        return refused(CardFailure.NO_CARD, "no token with " + request.token());
      }
      if (tokens.size() > 1) {
        return new Pkcs11Outcome.Several(tokens.size());
      }
      Cryptoki.Token token = tokens.get(0);
      if (!request.signs()) {
        return new Pkcs11Outcome.Present(
            token.label(), token.serial(), certificates(cryptoki, token), hint(token));
      }
      if (hint(token) == Pkcs11Outcome.PinHint.BLOCKED) {
        return refused(CardFailure.PIN_BLOCKED, "the token says so");
      }
      if (hint(token) == Pkcs11Outcome.PinHint.LAST && !request.lastTryConfirmed()) {
        // It may have lost a try since it was read.
        return refused(CardFailure.PIN_LAST_TRY, "the token says so");
      }
      return token.takesPinOf(request.pin().length)
          ? sign(request, token)
          : refused(CardFailure.PIN_FORMAT, "not as long as a PIN of this token");
    } catch (Cryptoki.CryptokiException | GeneralSecurityException | IOException e) {
      return refused(failure(e), chain(e));
    } catch (RuntimeException e) {
      return refused(CardFailure.CARD_ERROR, chain(e));
    }
  }

  private static List<X509Certificate> certificates(Cryptoki cryptoki, Cryptoki.Token token)
      throws Cryptoki.CryptokiException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] der : cryptoki.certificates(token)) {
      try {
        certificates.add(Pkcs11Answer.certificate(der));
      } catch (CertificateException e) {
        // Not X.509: no reason to refuse the token's others.
      }
    }
    return certificates;
  }

  private static Pkcs11Outcome.PinHint hint(Cryptoki.Token token) {
    if ((token.flags() & PIN_LOCKED) != 0) {
      return Pkcs11Outcome.PinHint.BLOCKED;
    }
    if ((token.flags() & PIN_FINAL_TRY) != 0) {
      return Pkcs11Outcome.PinHint.LAST;
    }
    return (token.flags() & PIN_COUNT_LOW) != 0
        ? Pkcs11Outcome.PinHint.FEW
        : Pkcs11Outcome.PinHint.UNKNOWN;
  }

  private static Pkcs11Outcome sign(Pkcs11Request request, Cryptoki.Token token)
      throws GeneralSecurityException, IOException {
    Provider template = Security.getProvider("SunPKCS11");
    if (template == null) {
      return refused(CardFailure.CARD_ERROR, "this Java has no SunPKCS11 (jdk.crypto.cryptoki)");
    }
    Provider provider = template.configure(configuration(request.module(), token.slot()));
    KeyStore store = KeyStore.getInstance("PKCS11", provider);
    store.load(null, request.pin());
    Fingerprint wanted = new Fingerprint(request.certificate());
    for (String alias : Collections.list(store.aliases())) {
      if (store.getCertificate(alias) instanceof X509Certificate certificate
          && Fingerprint.of(certificate).equals(wanted)
          && store.isKeyEntry(alias)) {
        Key key = store.getKey(alias, null);
        Optional<String> algorithm = SignatureVerifier.algorithm(certificate.getPublicKey());
        if (algorithm.isEmpty() || !(key instanceof PrivateKey privateKey)) {
          return refused(CardFailure.KEY_UNSUPPORTED, certificate.getPublicKey().getAlgorithm());
        }
        return sign(provider, algorithm.get(), privateKey, certificate, request.data());
      }
    }
    return refused(CardFailure.CARD_SWAPPED, "no key with the certificate read before");
  }

  private static Pkcs11Outcome sign(
      Provider provider, String algorithm, PrivateKey key, X509Certificate certificate, byte[] data)
      throws GeneralSecurityException {
    Signature signer;
    try {
      // A token lists keys it then cannot sign with: OpenSC and EC keys of a card it does not know.
      signer = Signature.getInstance(algorithm, provider);
      signer.initSign(key);
    } catch (NoSuchAlgorithmException e) {
      return refused(CardFailure.KEY_UNSUPPORTED, "the module has no " + algorithm);
    }
    signer.update(data);
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(certificate.getPublicKey());
    verifier.update(data);
    return verifier.verify(signature)
        ? new Pkcs11Outcome.Signed(certificate, signature)
        : refused(CardFailure.CARD_ERROR, "the signature does not verify");
  }

  /** In the configuration's quoted strings a backslash escapes, also in paths of Windows. */
  static String configuration(Path module, long slot) {
    String path = module.toString();
    if (path.contains("\"") || path.contains("\n") || path.contains("${")) {
      throw new IllegalArgumentException("unusable module path");
    }
    return "--name = Sekisho\nlibrary = \"%s\"\nslot = %d\n"
        .formatted(path.replace("\\", "\\\\"), slot);
  }

  /** SunPKCS11 wraps the module's answer several times; its name is in a message. */
  private static CardFailure failure(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (message.contains("CKR_PIN_INCORRECT")) {
        return CardFailure.PIN_WRONG;
      }
      if (message.contains("CKR_PIN_LOCKED")) {
        return CardFailure.PIN_BLOCKED;
      }
      if (message.contains("CKR_PIN_LEN_RANGE") || message.contains("CKR_PIN_INVALID")) {
        return CardFailure.PIN_FORMAT;
      }
      if (message.contains("CKR_TOKEN_NOT_PRESENT")
          || message.contains("CKR_DEVICE_REMOVED")
          || message.contains("Token has been removed")) {
        return CardFailure.CARD_REMOVED;
      }
    }
    return CardFailure.CARD_ERROR;
  }

  private static String chain(Throwable error) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      text.append(text.isEmpty() ? "" : " <- ")
          .append(cause.getClass().getSimpleName())
          .append(": ")
          .append(cause.getMessage());
    }
    return text.substring(0, Math.min(text.length(), LONGEST_DETAIL));
  }

  private static Pkcs11Outcome refused(CardFailure failure, String detail) {
    return new Pkcs11Outcome.Refused(failure, detail);
  }
}
