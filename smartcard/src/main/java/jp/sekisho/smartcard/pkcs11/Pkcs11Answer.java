package jp.sekisho.smartcard.pkcs11;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchProviderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import jp.sekisho.smartcard.CardFailure;

/**
 * The child's answer as a line of text: marker, blank, Base64. A module prints what it likes before
 * and after.
 */
final class Pkcs11Answer {
  private static final int MOST_CERTIFICATES = 64;
  private static final int LONGEST = 16 * 1024;

  private Pkcs11Answer() {}

  /** The line to print. */
  static String line(String marker, Pkcs11Outcome outcome) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      if (outcome instanceof Pkcs11Outcome.Refused refused) {
        out.writeUTF("refused");
        out.writeUTF(refused.failure().name());
        out.writeUTF(refused.detail());
      } else if (outcome instanceof Pkcs11Outcome.Present present) {
        out.writeUTF("present");
        out.writeUTF(present.label());
        out.writeUTF(present.serial());
        out.writeUTF(present.pinHint().name());
        out.writeInt(present.certificates().size());
        for (X509Certificate certificate : present.certificates()) {
          write(out, certificate.getEncoded());
        }
      } else if (outcome instanceof Pkcs11Outcome.Several several) {
        out.writeUTF("several");
        out.writeInt(several.tokens());
      } else if (outcome instanceof Pkcs11Outcome.Signed signed) {
        out.writeUTF("signed");
        write(out, signed.certificate().getEncoded());
        write(out, signed.signature());
      }
    } catch (CertificateException e) {
      throw new IOException(e);
    }
    return "\n" + marker + " " + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /** Finds the answer in what the child printed; empty when it is not there, whole. */
  static Optional<Pkcs11Outcome> find(byte[] output, String marker) {
    String text = new String(output, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("\n" + marker + " ");
    if (at < 0) {
      return Optional.empty();
    }
    String rest = text.substring(at + marker.length() + 2);
    int end = rest.indexOf('\n');
    if (end < 0) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(rest.substring(0, end).strip());
      return Optional.of(read(new DataInputStream(new ByteArrayInputStream(bytes))));
    } catch (IllegalArgumentException | IOException | CertificateException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads up to the answer's line end. Not to the end of the stream: a helper process that a module
   * leaves behind holds the pipe open for as long as it lives.
   *
   * @param most after so many bytes of chatter there is no answer
   */
  static Optional<Pkcs11Outcome> await(InputStream in, String marker, int most) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    byte[] part = new byte[8192];
    for (int read = in.read(part); read >= 0; read = in.read(part)) {
      output.write(part, 0, Math.min(read, most - output.size()));
      Optional<Pkcs11Outcome> found = find(output.toByteArray(), marker);
      if (found.isPresent() || output.size() == most) {
        return found;
      }
    }
    return find(output.toByteArray(), marker);
  }

  private static Pkcs11Outcome read(DataInputStream in) throws IOException, CertificateException {
    String kind = in.readUTF();
    switch (kind) {
      case "refused" -> {
        return new Pkcs11Outcome.Refused(CardFailure.valueOf(in.readUTF()), in.readUTF());
      }
      case "present" -> {
        String label = in.readUTF();
        String serial = in.readUTF();
        Pkcs11Outcome.PinHint hint = Pkcs11Outcome.PinHint.valueOf(in.readUTF());
        int count = in.readInt();
        if (count < 0 || count > MOST_CERTIFICATES) {
          throw new IOException("certificates " + count);
        }
        List<X509Certificate> certificates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          certificates.add(certificate(bytes(in)));
        }
        return new Pkcs11Outcome.Present(label, serial, certificates, hint);
      }
      case "several" -> {
        return new Pkcs11Outcome.Several(in.readInt());
      }
      case "signed" -> {
        return new Pkcs11Outcome.Signed(certificate(bytes(in)), bytes(in));
      }
      default -> throw new IOException("unknown answer " + kind);
    }
  }

  static X509Certificate certificate(byte[] der) throws CertificateException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509", "SUN")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (NoSuchProviderException e) {
      throw new CertificateException(e);
    }
  }

  private static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > LONGEST) {
      throw new IOException("length " + length);
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }
}
