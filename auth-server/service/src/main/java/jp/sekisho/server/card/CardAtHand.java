package jp.sekisho.server.card;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.issue.Attestation;
import jp.sekisho.smartcard.issue.RegistrationCheck;
import jp.sekisho.smartcard.verify.AnchorFiles;

/**
 * A staff card in a reader beside the console, tried before it is registered: it must refuse to
 * sign before VERIFY, and what it attests must hold. {@code attestation/*.crt} in the trust
 * directory are the makers' roots; without any, attestations are not looked at.
 */
public final class CardAtHand {
  private CardAtHand() {}

  /** What the card showed. */
  public sealed interface Shown {
    /**
     * A card that asks for its PIN.
     *
     * @param certificate DER
     * @param attested whether a pinned maker says that the key is in hardware and wants the PIN
     */
    @SuppressWarnings("ArrayRecordComponent") // never changed after creation
    record Asks(byte[] certificate, boolean attested) implements Shown {}

    /** One that signs for whoever holds it, or attests what does not hold. */
    record Unproved(String detail) implements Shown {}

    /** None that could be asked. */
    record Unreadable(String detail) implements Shown {}
  }

  /**
   * Tries the card; costs no PIN try.
   *
   * @param trust the trust directory of staff cards
   * @throws IOException when a maker's root cannot be read
   */
  public static Shown look(CardChannel channel, Path trust, InstantSource clock)
      throws IOException {
    List<X509Certificate> roots = roots(trust.resolve("attestation"));
    Optional<Attestation> makers =
        roots.isEmpty() ? Optional.empty() : Optional.of(new Attestation(roots, List.of(), clock));
    return switch (RegistrationCheck.of(channel, makers)) {
      case RegistrationCheck.Outcome.Refuses(X509Certificate certificate, var attested) -> {
        try {
          yield new Shown.Asks(certificate.getEncoded(), attested.isPresent());
        } catch (CertificateEncodingException e) {
          yield new Shown.Unreadable(String.valueOf(e.getMessage()));
        }
      }
      case RegistrationCheck.Outcome.SignsWithoutPin _ ->
          new Shown.Unproved("it signs without its PIN");
      case RegistrationCheck.Outcome.NotAttested(var _, var failure, String detail) ->
          new Shown.Unproved(failure + ": " + detail);
      case RegistrationCheck.Outcome.Failed(var failure, String detail) ->
          new Shown.Unreadable(failure + ": " + detail);
    };
  }

  private static List<X509Certificate> roots(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    AnchorFiles files = new AnchorFiles(directory, "*.crt", notice -> {});
    List<X509Certificate> roots = files.roots();
    if (!files.problems().isEmpty()) {
      throw new IOException(String.join("; ", files.problems()));
    }
    return roots;
  }
}
