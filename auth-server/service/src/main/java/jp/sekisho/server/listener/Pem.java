package jp.sekisho.server.listener;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import jp.sekisho.server.storage.PrivateFiles;

/**
 * PEM files: a PKCS#8 key or a chain of certificates, mode 0600, written so that a crash leaves
 * either the old file or the whole new one.
 */
final class Pem {
  private static final String KEY = "PRIVATE KEY";
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final int MAX_BYTES = 64 * 1024;

  private Pem() {}

  static void writeKey(Path file, PrivateKey key) throws IOException {
    byte[] der = key.getEncoded();
    try {
      write(file, block(KEY, der));
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  static void writeCertificates(Path file, List<X509Certificate> chain)
      throws IOException, GeneralSecurityException {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : chain) {
      text.append(block(CERTIFICATE, certificate.getEncoded()));
    }
    write(file, text.toString());
  }

  /** The unencrypted PKCS#8 key in {@code file}: EC or RSA. */
  static PrivateKey readKey(Path file) throws IOException, GeneralSecurityException {
    List<byte[]> blocks = blocks(file, KEY);
    if (blocks.size() != 1) {
      throw new GeneralSecurityException(file + " does not hold exactly one PKCS#8 private key");
    }
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(blocks.get(0));
    for (String algorithm : new String[] {"EC", "RSA"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (GeneralSecurityException e) {
        // The next kind; its message could quote key material, so it is not chained.
      }
    }
    throw new GeneralSecurityException(file + " holds neither an EC nor an RSA key");
  }

  /** The certificates in {@code file}, at least one, in their order. */
  static List<X509Certificate> readCertificates(Path file)
      throws IOException, GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> chain = new ArrayList<>();
    for (byte[] der : blocks(file, CERTIFICATE)) {
      chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
    }
    if (chain.isEmpty()) {
      throw new GeneralSecurityException(file + " holds no certificate");
    }
    return List.copyOf(chain);
  }

  private static String block(String type, byte[] der) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + type
        + "-----\n";
  }

  private static List<byte[]> blocks(Path file, String type)
      throws IOException, GeneralSecurityException {
    if (Files.size(file) > MAX_BYTES) {
      throw new GeneralSecurityException(file + " is over " + MAX_BYTES + " bytes");
    }
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    String begin = "-----BEGIN " + type + "-----";
    String end = "-----END " + type + "-----";
    List<byte[]> blocks = new ArrayList<>();
    int from = text.indexOf(begin);
    while (from >= 0) {
      int to = text.indexOf(end, from);
      if (to < 0) {
        throw new GeneralSecurityException(file + " ends inside a PEM block");
      }
      try {
        blocks.add(
            Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to).strip()));
      } catch (IllegalArgumentException e) {
        throw new GeneralSecurityException(file + " is not base64");
      }
      from = text.indexOf(begin, to);
    }
    return blocks;
  }

  private static void write(Path file, String text) throws IOException {
    PrivateFiles.replace(file, text.getBytes(StandardCharsets.US_ASCII));
  }
}
