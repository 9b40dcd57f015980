package jp.sekisho.policy.grant;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Sha256;

/**
 * A certificate of somebody to whom files may go: what leaves for them is encrypted to its key.
 * That the officers signed it is all that counts; who issued it and until when it is valid is not
 * asked again when the policy is read.
 *
 * @param recipient id, as in {@link GrantSettings#RECIPIENTS}
 * @param certificate base64 of the DER, at most {@value #MAX_BYTES} bytes
 */
public record RecipientCertificate(String recipient, String certificate) {
  /** Most bytes of the DER. */
  public static final int MAX_BYTES = 4096;

  /** Checks the recipient's form, and that it is one certificate and nothing beside it. */
  public RecipientCertificate {
    if (!Names.isRecipient(recipient)) {
      throw new IllegalArgumentException("recipient is none");
    }
    parsed(certificate);
  }

  /** The certificate. */
  public X509Certificate x509() {
    return parsed(certificate);
  }

  /** base64url of the SHA-256 of its DER: what names it in the log and in words. */
  public String fingerprint() {
    return Sha256.text(Base64.getDecoder().decode(certificate));
  }

  private static X509Certificate parsed(String certificate) {
    byte[] der = Base64.getDecoder().decode(certificate);
    if (der.length == 0
        || der.length > MAX_BYTES
        || !Base64.getEncoder().encodeToString(der).equals(certificate)) {
      throw new IllegalArgumentException(
          "certificate is not base64 of 1 to " + MAX_BYTES + " bytes");
    }
    try {
      X509Certificate read =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der));
      if (Arrays.equals(read.getEncoded(), der)) {
        return read;
      }
    } catch (CertificateException e) {
      throw new IllegalArgumentException("certificate is not an X.509 certificate", e);
    }
    throw new IllegalArgumentException("certificate is not one X.509 certificate");
  }
}
