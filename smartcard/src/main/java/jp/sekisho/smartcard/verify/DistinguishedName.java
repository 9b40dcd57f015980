package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * A name in the form RFC 5280 section 7.1 compares: the order of the parts counts, letter case,
 * runs of spaces and the string type do not. Bouncy Castle's own comparison ignores the order.
 *
 * @param parts one canonical text per RDN, from the root of the directory down
 */
record DistinguishedName(List<String> parts) implements Comparable<DistinguishedName> {
  private static final Pattern SPACES = Pattern.compile("\\s+");

  DistinguishedName {
    parts = List.copyOf(parts);
  }

  static DistinguishedName of(X500Name name) throws MalformedException {
    List<String> parts = new ArrayList<>();
    for (RDN rdn : name.getRDNs()) {
      parts.add(part(rdn));
    }
    return new DistinguishedName(parts);
  }

  /**
   * An order like any other: a hash table of names that somebody chose to have one hash falls back
   * to it, else each look-up would pass all of them.
   */
  @Override
  public int compareTo(DistinguishedName other) {
    int shared = Math.min(parts.size(), other.parts.size());
    for (int i = 0; i < shared; i++) {
      int order = parts.get(i).compareTo(other.parts.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(parts.size(), other.parts.size());
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Whether this name lies in the subtree below, or at, the other name. */
  boolean isWithin(DistinguishedName subtree) {
    int depth = subtree.parts.size();
    return depth <= parts.size() && parts.subList(0, depth).equals(subtree.parts);
  }

  /** The name one RDN further down: a nameRelativeToCRLIssuer. */
  DistinguishedName plus(RDN rdn) throws MalformedException {
    List<String> longer = new ArrayList<>(parts);
    longer.add(part(rdn));
    return new DistinguishedName(longer);
  }

  private static String part(RDN rdn) throws MalformedException {
    List<String> attributes = new ArrayList<>();
    for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
      String value = canonical(attribute.getValue());
      // The length keeps a value from imitating a second attribute.
      attributes.add(attribute.getType().getId() + "=" + value.length() + ":" + value);
    }
    attributes.sort(null);
    return String.join("+", attributes);
  }

  private static String canonical(ASN1Encodable value) throws MalformedException {
    ASN1Primitive primitive = value.toASN1Primitive();
    if (primitive instanceof ASN1String text && !(primitive instanceof ASN1BitString)) {
      return folded(text.getString());
    }
    try {
      return "#" + HexFormat.of().formatHex(primitive.getEncoded("DER"));
    } catch (IOException e) {
      throw new MalformedException("4.1.2.4", "a name that cannot be encoded");
    }
  }

  private static String folded(String text) {
    boolean ascii = true;
    boolean spaced = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      ascii &= c < 0x80;
      spaced |= c < ' ' || (c == ' ' && i > 0 && text.charAt(i - 1) == ' ');
    }
    String normal = ascii ? text : Normalizer.normalize(text, Normalizer.Form.NFKC);
    String lower = normal.strip().toLowerCase(Locale.ROOT);
    // The pattern is only asked where it may find something.
    return ascii && !spaced ? lower : SPACES.matcher(lower).replaceAll(" ");
  }
}
