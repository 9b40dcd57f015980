package jp.sekisho.smartcard.verify;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.jspecify.annotations.Nullable;

/**
 * The permitted_subtrees and excluded_subtrees of RFC 5280 section 6.1: what the CAs so far allow
 * the names below them to be (4.2.1.10). Covers directoryName, dNSName, rfc822Name, URI and
 * iPAddress; a name of another form under a constraint of that form is refused. Not thread-safe.
 */
final class NameSpace {
  private static final String SECTION = "4.2.1.10";

  /** A limit on names times constraints: more is an attack, not a CA (CVE-2018-16875 and kin). */
  private static final long MOST_COMPARISONS = 1 << 18;

  private record Subtree(int form, Object base) {}

  /** One list per constraining certificate: a name must please each of them. */
  private final List<List<Subtree>> permitted = new ArrayList<>();

  private final List<Subtree> excluded = new ArrayList<>();
  private long constraints;

  /** 6.1.4(g): narrows the space by a CA's extension. */
  void constrain(NameConstraints extension) throws MalformedException {
    GeneralSubtree[] allowed = extension.getPermittedSubtrees();
    GeneralSubtree[] denied = extension.getExcludedSubtrees();
    if (allowed == null && denied == null) {
      throw new MalformedException(SECTION, "empty name constraints");
    }
    if (allowed != null) {
      permitted.add(subtrees(allowed));
    }
    if (denied != null) {
      excluded.addAll(subtrees(denied));
    }
  }

  /** 6.1.3(b) and (c): whether a certificate's names lie where they may. */
  Optional<Failure> check(PathCertificate certificate) {
    if (permitted.isEmpty() && excluded.isEmpty()) {
      return Optional.empty();
    }
    try {
      List<Subtree> names = names(certificate);
      if (names.size() * constraints > MOST_COMPARISONS) {
        throw new MalformedException(SECTION, "too many names and constraints");
      }
      for (Subtree name : names) {
        Optional<Failure> failure = check(name);
        if (failure.isPresent()) {
          return failure;
        }
      }
      return Optional.empty();
    } catch (MalformedException e) {
      return Optional.of(e.failure());
    } catch (IllegalArgumentException | IllegalStateException e) {
      return Optional.of(new Failure(Clause.PATH, "4.2.1.6", "a name that does not parse"));
    }
  }

  private Optional<Failure> check(Subtree name) throws MalformedException {
    for (List<Subtree> one : permitted) {
      boolean constrained = false;
      boolean inside = false;
      for (Subtree subtree : one) {
        if (subtree.form == name.form) {
          constrained = true;
          inside |= isWithin(name, subtree, false);
        }
      }
      if (constrained && !inside) {
        return Optional.of(
            new Failure(Clause.PATH, "6.1.3(b)", "a name outside the permitted subtrees"));
      }
    }
    for (Subtree subtree : excluded) {
      if (subtree.form == name.form && isWithin(name, subtree, true)) {
        return Optional.of(
            new Failure(Clause.PATH, "6.1.3(c)", "a name within an excluded subtree"));
      }
    }
    return Optional.empty();
  }

  private List<Subtree> subtrees(GeneralSubtree[] given) throws MalformedException {
    if (given.length == 0) {
      throw new MalformedException(SECTION, "an empty list of subtrees");
    }
    List<Subtree> subtrees = new ArrayList<>();
    for (GeneralSubtree subtree : given) {
      if ((subtree.getMinimum() != null && subtree.getMinimum().signum() != 0)
          || subtree.getMaximum() != null) {
        throw new MalformedException(SECTION, "a subtree with minimum or maximum");
      }
      subtrees.add(constraint(subtree.getBase()));
    }
    constraints += subtrees.size();
    return subtrees;
  }

  private static Subtree constraint(GeneralName base) throws MalformedException {
    int form = base.getTagNo();
    return switch (form) {
      case GeneralName.directoryName ->
          new Subtree(form, DistinguishedName.of(X500Name.getInstance(base.getName())));
      case GeneralName.dNSName -> new Subtree(form, domain(text(base)));
      case GeneralName.rfc822Name -> {
        String mail = text(base);
        yield new Subtree(form, mail.indexOf('@') >= 0 ? mailbox(mail) : hostOrDomain(mail));
      }
      case GeneralName.uniformResourceIdentifier -> new Subtree(form, hostOrDomain(text(base)));
      case GeneralName.iPAddress ->
          new Subtree(form, range(ASN1OctetString.getInstance(base.getName()).getOctets()));
      default -> new Subtree(form, "");
    };
  }

  private static String domain(String given) throws MalformedException {
    if (!given.isEmpty() && !isHost(given)) {
      throw new MalformedException(SECTION, "no DNS name in a constraint");
    }
    return given;
  }

  private static byte[] range(byte[] given) throws MalformedException {
    if ((given.length != 8 && given.length != 32) || !isPrefix(given)) {
      throw new MalformedException(SECTION, "no address range in a constraint");
    }
    return given;
  }

  private static List<Subtree> names(PathCertificate certificate) throws MalformedException {
    List<Subtree> names = new ArrayList<>();
    if (!certificate.subject().isEmpty()) {
      names.add(new Subtree(GeneralName.directoryName, certificate.subject()));
    }
    for (GeneralName name : certificate.extensions().alternativeNames) {
      names.add(name(name));
    }
    if (!certificate.extensions().has(Extension.subjectAlternativeName)) {
      for (String mail : subjectMail(certificate.subjectName())) {
        names.add(new Subtree(GeneralName.rfc822Name, mail));
      }
    }
    return names;
  }

  private static Subtree name(GeneralName name) throws MalformedException {
    int form = name.getTagNo();
    return switch (form) {
      case GeneralName.directoryName ->
          new Subtree(form, DistinguishedName.of(X500Name.getInstance(name.getName())));
      case GeneralName.dNSName, GeneralName.rfc822Name, GeneralName.uniformResourceIdentifier ->
          new Subtree(form, text(name));
      case GeneralName.iPAddress ->
          new Subtree(form, ASN1OctetString.getInstance(name.getName()).getOctets());
      default -> new Subtree(form, "");
    };
  }

  private static List<String> subjectMail(X500Name subject) {
    List<String> found = new ArrayList<>();
    for (RDN rdn : subject.getRDNs()) {
      for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
        if (attribute.getType().equals(PKCSObjectIdentifiers.pkcs_9_at_emailAddress)
            && attribute.getValue() instanceof ASN1String text) {
          found.add(text.getString());
        }
      }
    }
    return found;
  }

  /**
   * Whether a name lies in a subtree of its form.
   *
   * @param excluding then in doubt it does: a wildcard that could stand for an excluded name
   */
  private static boolean isWithin(Subtree name, Subtree subtree, boolean excluding)
      throws MalformedException {
    return switch (name.form) {
      case GeneralName.directoryName ->
          ((DistinguishedName) name.base).isWithin((DistinguishedName) subtree.base);
      case GeneralName.dNSName ->
          isDomainWithin((String) name.base, (String) subtree.base, excluding);
      case GeneralName.rfc822Name -> isMailWithin((String) name.base, (String) subtree.base);
      case GeneralName.uniformResourceIdentifier ->
          isHostWithin(uriHost((String) name.base), (String) subtree.base);
      case GeneralName.iPAddress -> isAddressWithin((byte[]) name.base, (byte[]) subtree.base);
      default -> throw new MalformedException(SECTION, "a constraint on names of another form");
    };
  }

  private static boolean isDomainWithin(String name, String base, boolean excluding)
      throws MalformedException {
    String domain = name.toLowerCase(Locale.ROOT);
    String limit = base.toLowerCase(Locale.ROOT);
    boolean wildcard = domain.startsWith("*.");
    String host = wildcard ? domain.substring(2) : domain;
    if (!isHost(host)) {
      throw new MalformedException("4.2.1.6", "no DNS name: " + name);
    }
    return limit.isEmpty()
        || host.equals(limit)
        || host.endsWith("." + limit)
        || (excluding && wildcard && limit.endsWith("." + host));
  }

  private static boolean isMailWithin(String name, String base) throws MalformedException {
    String mailbox = mailbox(name);
    return base.indexOf('@') >= 0
        ? mailbox.equals(base)
        : isHostWithin(mailbox.substring(mailbox.indexOf('@') + 1), base);
  }

  /** Hosts only: {@code .example} means what lies below, {@code example} that host alone. */
  private static boolean isHostWithin(String host, String base) {
    String lower = host.toLowerCase(Locale.ROOT);
    return base.startsWith(".")
        ? lower.length() > base.length() && lower.endsWith(base)
        : base.isEmpty() || lower.equals(base);
  }

  private static boolean isAddressWithin(byte[] address, byte[] range) throws MalformedException {
    if (address.length != 4 && address.length != 16) {
      throw new MalformedException("4.2.1.6", "no IP address");
    }
    if (range.length != 2 * address.length) {
      return false;
    }
    for (int i = 0; i < address.length; i++) {
      int mask = range[address.length + i];
      if ((address[i] & mask) != (range[i] & mask)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPrefix(byte[] range) {
    byte[] mask = Arrays.copyOfRange(range, range.length / 2, range.length);
    boolean ended = false;
    for (byte octet : mask) {
      for (int bit = 0x80; bit != 0; bit >>= 1) {
        if ((octet & bit) == 0) {
          ended = true;
        } else if (ended) {
          return false;
        }
      }
    }
    return true;
  }

  /** Local part as written, host in lower case. */
  private static String mailbox(String mail) throws MalformedException {
    int at = mail.indexOf('@');
    if (at <= 0 || at != mail.lastIndexOf('@') || !isHost(mail.substring(at + 1))) {
      throw new MalformedException("4.2.1.6", "no mail address");
    }
    return mail.substring(0, at + 1) + mail.substring(at + 1).toLowerCase(Locale.ROOT);
  }

  private static String hostOrDomain(String given) throws MalformedException {
    String host = given.startsWith(".") ? given.substring(1) : given;
    if (!given.isEmpty() && !isHost(host)) {
      throw new MalformedException(SECTION, "no host or domain in a constraint");
    }
    return given.toLowerCase(Locale.ROOT);
  }

  private static String uriHost(String uri) throws MalformedException {
    try {
      String host = host(new URI(uri).getRawAuthority());
      if (isHost(host) && !isDotted(host)) {
        return host;
      }
    } catch (URISyntaxException e) {
      // falls through: what has no host cannot be within or outside a domain
    }
    throw new MalformedException(SECTION, "a URI without a domain name under a URI constraint");
  }

  /** Also with an underline in it, which {@link URI#getHost} does not take for a host. */
  private static String host(@Nullable String authority) {
    if (authority == null) {
      return "";
    }
    String place = authority.substring(authority.lastIndexOf('@') + 1);
    int port = place.lastIndexOf(':');
    return port >= 0 && place.substring(port + 1).chars().allMatch(c -> c >= '0' && c <= '9')
        ? place.substring(0, port)
        : place;
  }

  private static boolean isDotted(String host) {
    return host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  private static boolean isHost(String host) {
    if (host.isEmpty() || host.length() > 253) {
      return false;
    }
    for (String label : host.split("\\.", -1)) {
      if (label.isEmpty()
          || label.length() > 63
          || !label.chars().allMatch(NameSpace::isHostCharacter)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isHostCharacter(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_';
  }

  private static String text(GeneralName name) {
    return ASN1IA5String.getInstance(name.getName()).getString();
  }
}
