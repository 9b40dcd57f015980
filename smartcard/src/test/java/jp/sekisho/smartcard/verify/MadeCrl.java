package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Builds a CRL for a test; current and with number 1 unless told otherwise. */
final class MadeCrl {
  private final X500Name issuer;
  private KeyPair key;
  private Instant thisUpdate = Made.NOW.minus(Duration.ofDays(1));
  private Instant nextUpdate = Made.NOW.plus(Duration.ofDays(1));
  private boolean hasNextUpdate = true;
  private int number = 1;
  private String algorithm = "SHA256withECDSA";
  private final ExtensionsGenerator extensions = new ExtensionsGenerator();
  private final List<Entry> entries = new ArrayList<>();

  private record Entry(
      BigInteger serial,
      int reason,
      Optional<X500Name> certificateIssuer,
      Optional<ASN1ObjectIdentifier> unknown) {
    private Entry(BigInteger serial, int reason, Optional<X500Name> certificateIssuer) {
      this(serial, reason, certificateIssuer, Optional.empty());
    }
  }

  private MadeCrl(X500Name issuer, KeyPair key) {
    this.issuer = issuer;
    this.key = key;
  }

  static MadeCrl by(Made issuer) {
    return new MadeCrl(issuer.name(), issuer.key());
  }

  MadeCrl signedBy(KeyPair other) {
    key = other;
    return this;
  }

  MadeCrl signedWith(String name) {
    algorithm = name;
    return this;
  }

  /** 0 = none at all. */
  MadeCrl number(int value) {
    number = value;
    return this;
  }

  MadeCrl between(Instant from, Instant until) {
    thisUpdate = from;
    nextUpdate = until;
    return this;
  }

  MadeCrl withoutNextUpdate() {
    hasNextUpdate = false;
    return this;
  }

  MadeCrl revoke(Made certificate) {
    return revoke(certificate, CRLReason.keyCompromise);
  }

  MadeCrl revoke(Made certificate, int reason) {
    entries.add(new Entry(certificate.serial(), reason, Optional.empty()));
    return this;
  }

  /** An entry of an indirect CRL. */
  MadeCrl revoke(Made certificate, X500Name certificateIssuer) {
    entries.add(
        new Entry(certificate.serial(), CRLReason.keyCompromise, Optional.of(certificateIssuer)));
    return this;
  }

  /** An entry with a critical extension nobody knows. */
  MadeCrl revokeWith(Made certificate, ASN1ObjectIdentifier unknown) {
    entries.add(
        new Entry(
            certificate.serial(), CRLReason.keyCompromise, Optional.empty(), Optional.of(unknown)));
    return this;
  }

  MadeCrl delta(int base) {
    return with(Extension.deltaCRLIndicator, true, new ASN1Integer(base));
  }

  MadeCrl scope(IssuingDistributionPoint scope) {
    return with(Extension.issuingDistributionPoint, true, scope);
  }

  MadeCrl with(ASN1ObjectIdentifier type, boolean critical, ASN1Encodable value) {
    try {
      extensions.addExtension(type, critical, value);
      return this;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static IssuingDistributionPoint at(@Nullable String uri, boolean userOnly, boolean caOnly) {
    return new IssuingDistributionPoint(
        uri == null ? null : name(uri), userOnly, caOnly, null, false, false);
  }

  static IssuingDistributionPoint someReasons(@Nullable String uri, int reasons) {
    return new IssuingDistributionPoint(
        uri == null ? null : name(uri), false, false, new ReasonFlags(reasons), false, false);
  }

  static IssuingDistributionPoint indirect() {
    return new IssuingDistributionPoint(null, false, false, null, true, false);
  }

  static DistributionPointName name(String uri) {
    return new DistributionPointName(
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
  }

  byte[] der() {
    try {
      X509v2CRLBuilder builder = new X509v2CRLBuilder(issuer, Date.from(thisUpdate));
      if (hasNextUpdate) {
        builder.setNextUpdate(Date.from(nextUpdate));
      }
      if (number > 0) {
        builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
      }
      if (!extensions.isEmpty()) {
        Extensions more = extensions.generate();
        for (ASN1ObjectIdentifier type : more.getExtensionOIDs()) {
          builder.addExtension(more.getExtension(type));
        }
      }
      for (Entry entry : entries) {
        ExtensionsGenerator of = new ExtensionsGenerator();
        of.addExtension(Extension.reasonCode, false, CRLReason.lookup(entry.reason));
        if (entry.certificateIssuer.isPresent()) {
          of.addExtension(
              Extension.certificateIssuer,
              true,
              new GeneralNames(new GeneralName(entry.certificateIssuer.get())));
        }
        if (entry.unknown.isPresent()) {
          of.addExtension(entry.unknown.get(), true, DERNull.INSTANCE);
        }
        builder.addCRLEntry(entry.serial, Date.from(thisUpdate), of.generate());
      }
      return builder
          .build(new JcaContentSignerBuilder(algorithm).build(key.getPrivate()))
          .getEncoded();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }
}
