package jp.sekisho.agent.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.PrivateKey;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.bouncycastle.cms.CMSAuthEnvelopedDataParser;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.PasswordRecipient;
import org.bouncycastle.cms.PasswordRecipientInformation;
import org.bouncycastle.cms.Recipient;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceKeyAgreeAuthEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransAuthEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JcePasswordAuthEnvelopedRecipient;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** What a recipient finds in an envelope: one file with its name. */
public final class Opened {
  private final String name;
  private final byte[] content;

  private Opened(String name, byte[] content) {
    this.name = name;
    this.content = content;
  }

  public String name() {
    return name;
  }

  public byte[] content() {
    return content;
  }

  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

  /** With the private key of a certificate. */
  public static Opened by(PrivateKey key, byte[] envelope) throws IOException {
    Recipient recipient =
        key.getAlgorithm().equals("RSA")
            ? new JceKeyTransAuthEnvelopedRecipient(key).setProvider(PROVIDER)
            : new JceKeyAgreeAuthEnvelopedRecipient(key).setProvider(PROVIDER);
    return by(recipient, envelope);
  }

  /** With the passphrase. */
  public static Opened by(String passphrase, byte[] envelope) throws IOException {
    JcePasswordAuthEnvelopedRecipient recipient =
        new JcePasswordAuthEnvelopedRecipient(passphrase.toCharArray());
    recipient.setProvider(PROVIDER);
    recipient.setPasswordConversionScheme(PasswordRecipient.PKCS5_SCHEME2_UTF8);
    return by(recipient, envelope);
  }

  /** Whoever of the recipients this key is of. */
  private static Opened by(Recipient recipient, byte[] envelope) throws IOException {
    IOException failed = new IOException("no recipient");
    int recipients = 0;
    do {
      try {
        CMSAuthEnvelopedDataParser parser = new CMSAuthEnvelopedDataParser(envelope);
        var all = java.util.List.copyOf(parser.getRecipientInfos().getRecipients());
        RecipientInformation one = all.get(recipients);
        recipients++;
        if (one instanceof PasswordRecipientInformation
            != recipient instanceof JcePasswordAuthEnvelopedRecipient) {
          continue;
        }
        byte[] zip;
        try (InputStream in = one.getContentStream(recipient).getContentStream()) {
          zip = in.readAllBytes();
        }
        parser.getMac();
        return unzipped(zip);
      } catch (IndexOutOfBoundsException e) {
        throw failed;
      } catch (CMSException | RuntimeException e) {
        failed = new IOException(e);
      } catch (IOException e) {
        failed = e;
      }
    } while (true);
  }

  private static Opened unzipped(byte[] zip) throws IOException {
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      ZipEntry entry = in.getNextEntry();
      if (entry == null) {
        throw new IOException("no entry");
      }
      byte[] content = in.readAllBytes();
      if (in.getNextEntry() != null) {
        throw new IOException("more than one entry");
      }
      return new Opened(entry.getName(), content);
    }
  }
}
