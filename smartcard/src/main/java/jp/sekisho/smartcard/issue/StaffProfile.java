package jp.sekisho.smartcard.issue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERGeneralString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;

/**
 * What stands in a certificate of the staff CA, so that one card and one PIN serve Sekisho, the
 * smart-card logon of Windows and PKINIT (RFC 4556) alike: key usage digitalSignature; purposes
 * clientAuth, PKINIT client and Microsoft's smart-card logon; the policy that says "key made on the
 * card, used only after its PIN"; user principal name and Kerberos principal as alternative names;
 * Microsoft's SID extension (KB5014754), without which domain controllers of 2025 refuse the card.
 *
 * @param policy OID of that policy
 * @param crl where the CRL can be had ({@code http://…}); empty = the certificate says nothing
 * @param organisation attributes of the subject before the staff number, e.g. {@code C=JP,O=X}
 */
public record StaffProfile(String policy, Optional<String> crl, String organisation) {
  /** id-pkinit-KPClientAuth, RFC 4556 3.2.2. */
  static final String PKINIT_CLIENT = "1.3.6.1.5.2.3.4";

  /** id-pkinit-KPKdc, RFC 4556 3.2.4. */
  static final String PKINIT_KDC = "1.3.6.1.5.2.3.5";

  /** szOID_NTDS_CA_SECURITY_EXT, and within it szOID_NTDS_OBJECTSID. */
  static final String SID_EXTENSION = "1.3.6.1.4.1.311.25.2";

  private static final String OBJECT_SID = "1.3.6.1.4.1.311.25.2.1";
  private static final String UPN = "1.3.6.1.4.1.311.20.2.3";

  /** id-pkinit-san. */
  private static final String KRB5_PRINCIPAL_NAME = "1.3.6.1.5.2.2";

  private static final int NT_PRINCIPAL = 1;
  private static final int NT_SRV_INST = 2;

  /** The certificate that the CA has only to sign. */
  public X509v3CertificateBuilder staff(
      X509Certificate ca, BigInteger serial, PublicKey key, Holder holder) throws IOException {
    X509v3CertificateBuilder builder =
        common(
                ca,
                serial,
                key,
                "%1$s,2.5.4.5=%2$s,CN=%2$s".formatted(organisation, holder.number()),
                holder)
            .addExtension(
                Extension.certificatePolicies,
                false,
                new CertificatePolicies(new PolicyInformation(new ASN1ObjectIdentifier(policy))))
            .addExtension(
                Extension.extendedKeyUsage,
                false,
                purposes(
                    KeyPurposeId.id_kp_clientAuth,
                    purpose(PKINIT_CLIENT),
                    KeyPurposeId.id_kp_smartcardlogon));
    List<GeneralName> names = new ArrayList<>();
    holder.upn().ifPresent(upn -> names.add(otherName(UPN, new DERUTF8String(upn))));
    holder.principal().ifPresent(name -> names.add(principal(name, NT_PRINCIPAL)));
    if (!names.isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
    }
    if (holder.sid().isPresent()) {
      byte[] sid = holder.sid().get().getBytes(StandardCharsets.US_ASCII);
      builder.addExtension(
          new ASN1ObjectIdentifier(SID_EXTENSION),
          false,
          new GeneralNames(otherName(OBJECT_SID, new DEROctetString(sid))));
    }
    return builder;
  }

  /**
   * A certificate for a Kerberos KDC that takes these cards: never with the policy of cards.
   *
   * @param validity number and dates; the rest of it is not used
   */
  public X509v3CertificateBuilder kdc(
      X509Certificate ca, BigInteger serial, PublicKey key, String realm, Holder validity)
      throws IOException {
    return common(ca, serial, key, "%s,CN=%s".formatted(organisation, validity.number()), validity)
        .addExtension(
            Extension.extendedKeyUsage,
            false,
            purposes(KeyPurposeId.id_kp_serverAuth, purpose(PKINIT_KDC)))
        .addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(principal("krbtgt/" + realm + "@" + realm, NT_SRV_INST)));
  }

  private X509v3CertificateBuilder common(
      X509Certificate ca, BigInteger serial, PublicKey key, String subject, Holder validity)
      throws IOException {
    try {
      JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
                  X500Name.getInstance(ca.getSubjectX500Principal().getEncoded()),
                  serial,
                  Date.from(validity.notBefore()),
                  Date.from(validity.notAfter()),
                  new X500Name(subject),
                  key)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  utils.createAuthorityKeyIdentifier(ca.getPublicKey()))
              .addExtension(
                  Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(key));
      if (crl.isPresent()) {
        GeneralName address = new GeneralName(GeneralName.uniformResourceIdentifier, crl.get());
        builder.addExtension(
            Extension.cRLDistributionPoints,
            false,
            new CRLDistPoint(
                new DistributionPoint[] {
                  new DistributionPoint(
                      new DistributionPointName(new GeneralNames(address)), null, null)
                }));
      }
      return builder;
    } catch (GeneralSecurityException e) {
      throw new IOException("key identifiers", e);
    }
  }

  private static KeyPurposeId purpose(String oid) {
    return KeyPurposeId.getInstance(new ASN1ObjectIdentifier(oid));
  }

  private static ExtendedKeyUsage purposes(KeyPurposeId... purposes) {
    return new ExtendedKeyUsage(purposes);
  }

  /** KRB5PrincipalName (RFC 4556 3.2.2): realm and components, as GeneralStrings. */
  private static GeneralName principal(String name, int type) {
    int at = name.lastIndexOf('@');
    ASN1Encodable[] components = {new DERGeneralString(name.substring(0, at))};
    int slash = name.indexOf('/');
    if (slash >= 0) {
      components =
          new ASN1Encodable[] {
            new DERGeneralString(name.substring(0, slash)),
            new DERGeneralString(name.substring(slash + 1, at))
          };
    }
    DERSequence principal =
        sequence(tagged(0, new ASN1Integer(type)), tagged(1, new DERSequence(components)));
    return otherName(
        KRB5_PRINCIPAL_NAME,
        sequence(tagged(0, new DERGeneralString(name.substring(at + 1))), tagged(1, principal)));
  }

  private static GeneralName otherName(String type, ASN1Encodable value) {
    return new GeneralName(
        GeneralName.otherName, sequence(new ASN1ObjectIdentifier(type), tagged(0, value)));
  }

  private static ASN1Encodable tagged(int number, ASN1Encodable value) {
    return new DERTaggedObject(true, number, value);
  }

  private static DERSequence sequence(ASN1Encodable... parts) {
    return new DERSequence(parts);
  }
}
