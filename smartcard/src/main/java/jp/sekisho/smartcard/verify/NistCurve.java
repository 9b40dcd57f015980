package jp.sekisho.smartcard.verify;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.List;
import java.util.Optional;

/** The elliptic curves staff cards may use, and what they sign with. */
record NistCurve(ECParameterSpec parameters, String signatureAlgorithm) {
  private static final List<NistCurve> ACCEPTED =
      List.of(named("secp256r1", "SHA256withECDSA"), named("secp384r1", "SHA384withECDSA"));

  /** The curve of a key by all its parameters, not by a name somebody wrote. */
  static Optional<NistCurve> of(ECPublicKey key) {
    ECParameterSpec given = key.getParams();
    return ACCEPTED.stream()
        .filter(curve ->
            given.getCurve().getField().equals(curve.parameters.getCurve().getField())
                && given.getCurve().getA().equals(curve.parameters.getCurve().getA())
                && given.getCurve().getB().equals(curve.parameters.getCurve().getB())
                && given.getGenerator().equals(curve.parameters.getGenerator())
                && given.getOrder().equals(curve.parameters.getOrder())
                && given.getCofactor() == curve.parameters.getCofactor())
        .findFirst();
  }

  private static NistCurve named(String name, String signatureAlgorithm) {
    try {
      AlgorithmParameters spec = AlgorithmParameters.getInstance("EC");
      spec.init(new ECGenParameterSpec(name));
      return new NistCurve(spec.getParameterSpec(ECParameterSpec.class), signatureAlgorithm);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(name, e);
    }
  }
}
