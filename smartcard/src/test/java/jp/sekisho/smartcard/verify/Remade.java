package jp.sekisho.smartcard.verify;

import java.io.OutputStream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates whose content a builder would not write, signed all the same. */
final class Remade {
  private Remade() {}

  /** The fields that are signed. */
  static ASN1Sequence content(Made made) {
    return ASN1Sequence.getInstance(
        Certificate.getInstance(made.der()).getTBSCertificate().toASN1Primitive());
  }

  /** The certificate with one field exchanged. */
  static byte[] field(Made made, Made by, int index, ASN1Encodable value) throws Exception {
    ASN1Sequence content = content(made);
    ASN1EncodableVector fields = new ASN1EncodableVector();
    for (int i = 0; i < content.size(); i++) {
      fields.add(i == index ? value : content.getObjectAt(i));
    }
    return sign(new DERSequence(fields), by);
  }

  /** This content under a true signature. */
  static byte[] sign(ASN1Sequence content, Made by) throws Exception {
    ContentSigner signer =
        new JcaContentSignerBuilder("SHA256withECDSA").build(by.key().getPrivate());
    try (OutputStream out = signer.getOutputStream()) {
      out.write(content.getEncoded("DER"));
    }
    return put(content, signer.getAlgorithmIdentifier(), signer.getSignature());
  }

  /** This content under these bytes, whatever they are. */
  static byte[] put(ASN1Sequence content, AlgorithmIdentifier algorithm, byte[] signature)
      throws Exception {
    return new DERSequence(new ASN1Encodable[] {content, algorithm, new DERBitString(signature)})
        .getEncoded("DER");
  }
}
