package jp.sekisho.smartcard.verify;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.DSAPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Checks the signature over a certificate, CRL or OCSP answer with the algorithm it names (RFC
 * 3279, 4055, 5758). MD2 and MD5 are not known here; whether SHA-1 is enough is for the caller to
 * say, by {@link #isStrong}.
 */
final class SignedBytes {
  private static final Map<String, String> RSA =
      Map.of(
          PKCSObjectIdentifiers.sha1WithRSAEncryption.getId(), "SHA1withRSA",
          PKCSObjectIdentifiers.sha224WithRSAEncryption.getId(), "SHA224withRSA",
          PKCSObjectIdentifiers.sha256WithRSAEncryption.getId(), "SHA256withRSA",
          PKCSObjectIdentifiers.sha384WithRSAEncryption.getId(), "SHA384withRSA",
          PKCSObjectIdentifiers.sha512WithRSAEncryption.getId(), "SHA512withRSA");
  private static final Map<String, String> DSA =
      Map.of(
          X9ObjectIdentifiers.id_dsa_with_sha1.getId(), "SHA1withDSA",
          NISTObjectIdentifiers.dsa_with_sha224.getId(), "SHA224withDSA",
          NISTObjectIdentifiers.dsa_with_sha256.getId(), "SHA256withDSA");
  private static final Map<String, String> HASHES =
      Map.of(
          OIWObjectIdentifiers.idSHA1.getId(), "SHA-1",
          NISTObjectIdentifiers.id_sha224.getId(), "SHA-224",
          NISTObjectIdentifiers.id_sha256.getId(), "SHA-256",
          NISTObjectIdentifiers.id_sha384.getId(), "SHA-384",
          NISTObjectIdentifiers.id_sha512.getId(), "SHA-512");

  private static final Set<String> STRONG_HASHES = Set.of("SHA-256", "SHA-384", "SHA-512");

  /** Those that name their hash; RSASSA-PSS does so in its parameters. */
  private static final Set<ASN1ObjectIdentifier> STRONG =
      Set.of(
          PKCSObjectIdentifiers.sha256WithRSAEncryption,
          PKCSObjectIdentifiers.sha384WithRSAEncryption,
          PKCSObjectIdentifiers.sha512WithRSAEncryption,
          X9ObjectIdentifiers.ecdsa_with_SHA256,
          X9ObjectIdentifiers.ecdsa_with_SHA384,
          X9ObjectIdentifiers.ecdsa_with_SHA512);

  private SignedBytes() {}

  /**
   * Whether nobody can afford to forge under this algorithm: RSA or ECDSA with SHA-256, SHA-384 or
   * SHA-512, for RSASSA-PSS in the mask too. Everything not listed is not, whatever it is.
   */
  static boolean isStrong(AlgorithmIdentifier algorithm) {
    if (!algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
      return STRONG.contains(algorithm.getAlgorithm());
    }
    try {
      PSSParameterSpec parameters = pss(algorithm.getParameters());
      return STRONG_HASHES.contains(parameters.getDigestAlgorithm())
          && parameters.getMGFParameters() instanceof MGF1ParameterSpec mask
          && STRONG_HASHES.contains(mask.getDigestAlgorithm());
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  /** Whether it is RSA or ECDSA over a SHA-1 hash. */
  static boolean isSha1(AlgorithmIdentifier algorithm) {
    ASN1ObjectIdentifier type = algorithm.getAlgorithm();
    if (!type.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
      return type.equals(PKCSObjectIdentifiers.sha1WithRSAEncryption)
          || type.equals(X9ObjectIdentifiers.ecdsa_with_SHA1);
    }
    try {
      return pss(algorithm.getParameters()).getDigestAlgorithm().equals("SHA-1");
    } catch (GeneralSecurityException | RuntimeException e) {
      // Such a signature does not verify in the first place.
      return false;
    }
  }

  /** Whether the key made the signature; false too for an algorithm that does not fit the key. */
  static boolean verifies(
      byte[] data, AlgorithmIdentifier algorithm, byte[] signature, PublicKey key) {
    try {
      Signature verifier = verifier(algorithm, key);
      verifier.initVerify(key instanceof EcKey ec ? ec.bouncyCastle() : key);
      verifier.update(data);
      return verifier.verify(signature);
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  private static Signature verifier(AlgorithmIdentifier algorithm, PublicKey key)
      throws GeneralSecurityException {
    String oid = algorithm.getAlgorithm().getId();
    if (key instanceof RSAPublicKey rsa) {
      if (algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
        Signature pss = Signature.getInstance(Keys.PSS);
        pss.setParameter(pss(algorithm.getParameters()));
        return pss;
      }
      if (rsa.getAlgorithm().equals(Keys.PSS)) {
        // The JDK would let such a key make any RSA signature.
        throw new GeneralSecurityException("a key for RSASSA-PSS alone (RFC 4055 1.2): " + oid);
      }
      return Signature.getInstance(known(RSA, oid));
    }
    if (key instanceof DSAPublicKey) {
      return Signature.getInstance(known(DSA, oid));
    }
    return Signature.getInstance(oid, Keys.BOUNCY_CASTLE);
  }

  private static String known(Map<String, String> names, String oid)
      throws GeneralSecurityException {
    return Optional.ofNullable(names.get(oid))
        .orElseThrow(() -> new GeneralSecurityException("not for this key: " + oid));
  }

  private static PSSParameterSpec pss(ASN1Encodable parameters) throws GeneralSecurityException {
    RSASSAPSSparams read = RSASSAPSSparams.getInstance(parameters);
    String hash = known(HASHES, read.getHashAlgorithm().getAlgorithm().getId());
    if (!read.getMaskGenAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.id_mgf1)) {
      throw new GeneralSecurityException("not MGF1");
    }
    AlgorithmIdentifier mask =
        AlgorithmIdentifier.getInstance(read.getMaskGenAlgorithm().getParameters());
    String maskHash = known(HASHES, mask.getAlgorithm().getId());
    return new PSSParameterSpec(
        hash,
        "MGF1",
        new MGF1ParameterSpec(maskHash),
        read.getSaltLength().intValueExact(),
        read.getTrailerField().intValueExact());
  }
}
